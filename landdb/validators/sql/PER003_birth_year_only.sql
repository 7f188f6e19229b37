-- How many holders of a commune are recorded with the year of birth alone? One number per commune.
SELECT
    q.commune_id,
    NULL::bigint AS parcel_id,
    'commune' AS subject,
    count(*) FILTER (WHERE q.is_year_only)::float8 AS measure,
    jsonb_build_object('people', count(*), 'year_only', count(*) FILTER (WHERE q.is_year_only)) AS details
FROM (
    SELECT DISTINCT
        h.commune_id,
        y.party_id,
        y.birth_year IS NOT NULL AND y.birth_index IS NULL AS is_year_only
    FROM party.party AS y
    INNER JOIN registry.holding AS h ON y.party_id = h.party_id
    WHERE
        y.party_kind = 'NATURAL'
        AND h.commune_id = ANY(%(commune_ids)s::int[])
        AND %(parcel_ids)s::bigint[] IS NULL
) AS q
GROUP BY q.commune_id
HAVING count(*) FILTER (WHERE q.is_year_only) > %(share_allowed)s * count(*);
