-- Which birth dates do so many holders of the commune share that somebody must have typed them as a filler?
-- The date itself is not shown; dates are compared by blind index.
WITH people AS (
    SELECT DISTINCT h.commune_id, y.party_id, y.birth_index
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
)

SELECT
    q.commune_id,
    (
        SELECT min(h.parcel_id)
        FROM registry.holding AS h
        WHERE h.party_id = min(q.party_id) AND h.commune_id = q.commune_id
    ) AS parcel_id,
    'party:' || min(q.party_id) || ' birth' AS subject,
    count(*)::float8 AS measure,
    jsonb_build_object('people', count(*), 'first_party_id', min(q.party_id)) AS details
FROM people AS q
GROUP BY q.commune_id, q.birth_index
HAVING count(*) >= %(repeated_at_least)s;
