-- Which land uses are no code in force, or one too general to be counted?
SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no || ' use:' || u.ordinal AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    1::float8 AS measure,
    u.area_m2,
    jsonb_build_object(
        'reason', coalesce(u.land_use_fault, 'UNREADABLE'), 'land_use_code', u.land_use_code, 'ordinal', u.ordinal
    ) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN cadastre.land_use AS u ON p.parcel_id = u.parcel_id
WHERE
    p.commune_id = %(commune_id)s
    AND (u.land_use_fault IS NOT NULL OR u.land_use_code IS NULL)
ORDER BY p.parcel_id, u.ordinal;
