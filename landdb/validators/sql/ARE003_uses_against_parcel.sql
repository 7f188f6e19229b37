-- Which parcels' uses do not add up to the parcel? Where some use has no area, only too much is a fault.
-- Added as numeric: with floating point 29.2 - 28.7 would be more than 0.5.
SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    (used.total_m2 - parcel_area.m2)::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object('uses_m2', used.total_m2, 'parcel_m2', parcel_area.m2, 'uses', used.uses) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
CROSS JOIN LATERAL (
    SELECT
        sum(u.area_m2::numeric) AS total_m2,
        count(*) AS uses,
        bool_or(u.area_m2 IS NULL) AS is_open
    FROM cadastre.land_use AS u
    WHERE u.parcel_id = p.parcel_id
) AS used
CROSS JOIN LATERAL (
    SELECT round(coalesce(p.registered_area_m2, p.computed_area_m2)::numeric, 4) AS m2
) AS parcel_area
WHERE
    p.commune_id = %(commune_id)s
    AND (
        used.total_m2 - parcel_area.m2 > %(uses_tolerance_m2)s::numeric
        OR (NOT used.is_open AND parcel_area.m2 - used.total_m2 > %(uses_tolerance_m2)s::numeric)
    )
ORDER BY p.parcel_id;
