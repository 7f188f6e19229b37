-- Which parcels have neither a use right nor a management right, once the commune's rights were delivered?
SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    1::float8 AS measure,
    NULL::float8 AS area_m2,
    '{}'::jsonb AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE
    p.commune_id = %(commune_id)s
    AND NOT EXISTS (
        SELECT 1
        FROM registry.baunit_parcel AS link
        INNER JOIN registry.rrr AS r ON link.baunit_id = r.baunit_id
        WHERE link.parcel_id = p.parcel_id AND r.rrr_kind IN ('USE_RIGHT', 'MANAGEMENT')
    )
    AND EXISTS (
        SELECT 1
        FROM registry.baunit AS b
        INNER JOIN registry.rrr AS r ON b.baunit_id = r.baunit_id
        WHERE b.commune_id = %(commune_id)s
    )
ORDER BY p.parcel_id;
