-- Which holders in this commune have a citizen ID at fault? One finding per holder, at the first parcel.
-- A year of birth or sex that disagrees may be wrong on either side: a warning.
WITH held AS MATERIALIZED (
    SELECT sh.party_id, min(p.parcel_id) AS parcel_id, count(DISTINCT p.parcel_id) AS parcels
    FROM cadastre.parcel AS p
    INNER JOIN registry.baunit_parcel AS link ON p.parcel_id = link.parcel_id
    INNER JOIN registry.rrr AS r ON link.baunit_id = r.baunit_id
    INNER JOIN registry.share AS sh ON r.rrr_id = sh.rrr_id
    WHERE p.commune_id = %(commune_id)s
    GROUP BY sh.party_id
)

SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    'party:' || held.party_id AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    1::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object(
        'reason', y.citizen_id_fault, 'party_id', held.party_id, 'parcels', held.parcels
    ) AS details,
    CASE
        WHEN y.citizen_id_fault IN ('BIRTH_YEAR_DISAGREES', 'SEX_DISAGREES') THEN 'warning'
    END AS severity
FROM held
INNER JOIN party.party AS y ON held.party_id = y.party_id
INNER JOIN cadastre.parcel AS p ON held.parcel_id = p.parcel_id
WHERE y.citizen_id_fault IS NOT NULL
ORDER BY held.party_id;
