-- Which citizen IDs of holders in this commune stand under two different names, here or anywhere?
-- Compared by blind index; numbers that are no ID at all (filler, wrong length) are TEN003's.
WITH clashing AS (
    SELECT DISTINCT y.citizen_id_index
    FROM party.party AS y
    INNER JOIN party.party AS other
        ON y.citizen_id_index = other.citizen_id_index AND y.name_index <> other.name_index
    INNER JOIN registry.holding AS h ON y.party_id = h.party_id
    WHERE
        coalesce(y.citizen_id_fault, '') IN ('', 'BIRTH_YEAR_DISAGREES', 'SEX_DISAGREES')
        AND h.commune_id = ANY(%(commune_ids)s::int[])
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR y.citizen_id_index = ANY(ARRAY(
                SELECT z.citizen_id_index
                FROM registry.holding AS t
                INNER JOIN party.party AS z ON t.party_id = z.party_id
                WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
),

named AS (
    SELECT
        y.citizen_id_index,
        count(DISTINCT y.name_index) AS names,
        array_agg(y.party_id ORDER BY y.party_id) AS party_ids
    FROM clashing AS c
    INNER JOIN party.party AS y ON c.citizen_id_index = y.citizen_id_index
    GROUP BY y.citizen_id_index
)

SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    nullif(max(h.parcel_id), min(h.parcel_id)) AS other_parcel_id,
    'party:' || n.party_ids[1] || '|party:' || n.party_ids[2] AS subject,
    n.names::float8 AS measure,
    jsonb_build_object('names', n.names, 'party_ids', to_jsonb(n.party_ids[1:2])) AS details
FROM named AS n
INNER JOIN party.party AS y ON n.citizen_id_index = y.citizen_id_index
INNER JOIN registry.holding AS h ON y.party_id = h.party_id
WHERE h.commune_id = ANY(%(commune_ids)s::int[])
GROUP BY h.commune_id, n.citizen_id_index, n.names, n.party_ids;
