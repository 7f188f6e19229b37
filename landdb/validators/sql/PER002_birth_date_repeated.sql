-- Which birth dates do so many holders of the commune share that somebody must have typed them as a filler?
-- The date itself is not shown; dates are compared by blind index.
SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    'party:' || min(y.party_id) || ' birth' AS subject,
    count(DISTINCT y.party_id)::float8 AS measure,
    jsonb_build_object('people', count(DISTINCT y.party_id), 'first_party_id', min(y.party_id)) AS details
FROM party.party AS y
INNER JOIN registry.holding AS h ON y.party_id = h.party_id
WHERE
    y.birth_index IS NOT NULL
    AND h.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR y.birth_index = ANY(ARRAY(
            SELECT z.birth_index
            FROM registry.holding AS t
            INNER JOIN party.party AS z ON t.party_id = z.party_id
            WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
GROUP BY h.commune_id, y.birth_index
HAVING count(DISTINCT y.party_id) >= %(repeated_at_least)s;
