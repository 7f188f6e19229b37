-- Which citizen IDs of holders in this commune stand under two different names, here or anywhere?
-- Compared by blind index; numbers that are no ID at all (filler, wrong length) are TEN003's.
WITH held AS MATERIALIZED (
    SELECT sh.party_id, min(p.parcel_id) AS parcel_id
    FROM cadastre.parcel AS p
    INNER JOIN registry.baunit_parcel AS link ON p.parcel_id = link.parcel_id
    INNER JOIN registry.rrr AS r ON link.baunit_id = r.baunit_id
    INNER JOIN registry.share AS sh ON r.rrr_id = sh.rrr_id
    WHERE p.commune_id = %(commune_id)s
    GROUP BY sh.party_id
),

clashing AS (
    SELECT
        one.citizen_id_index,
        count(DISTINCT one.name_index) AS names,
        (array_agg(one.party_id ORDER BY one.party_id))[1:2] AS first_two
    FROM party.party AS one
    WHERE
        one.citizen_id_index IN (
            SELECT y.citizen_id_index
            FROM held
            INNER JOIN party.party AS y ON held.party_id = y.party_id
            WHERE
                y.citizen_id_index IS NOT NULL
                AND coalesce(y.citizen_id_fault, '') IN ('', 'BIRTH_YEAR_DISAGREES', 'SEX_DISAGREES')
        )
    GROUP BY one.citizen_id_index
    HAVING count(DISTINCT one.name_index) > 1
),

placed AS (
    SELECT
        c.names,
        c.first_two,
        min(held.parcel_id) AS parcel_id,
        nullif(max(held.parcel_id), min(held.parcel_id)) AS other_parcel_id
    FROM clashing AS c
    INNER JOIN party.party AS y ON c.citizen_id_index = y.citizen_id_index
    INNER JOIN held ON y.party_id = held.party_id
    GROUP BY c.names, c.first_two
)

SELECT
    t.parcel_id,
    t.other_parcel_id,
    'party:' || t.first_two[1] || '|party:' || t.first_two[2] AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    t.names::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object('names', t.names, 'party_ids', to_jsonb(t.first_two)) AS details
FROM placed AS t
INNER JOIN cadastre.parcel AS p ON t.parcel_id = p.parcel_id
ORDER BY t.first_two[1], t.first_two[2];
