-- Which parcels carry a code that another parcel carries too, here or in another commune?
-- Pairs inside the commune appear once; `+ 0` keeps the planner from walking the primary key per row.
SELECT
    p.parcel_id,
    other.parcel_id AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no || '|'
    || CASE WHEN other.commune_id = p.commune_id THEN '' ELSE c.commune_code || ':' END
    || t.sheet_no || '/' || other.parcel_no AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    2::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object('parcel_code', p.parcel_code, 'other_commune_code', c.commune_code) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN cadastre.parcel AS other
    ON
        p.parcel_code = other.parcel_code
        AND (p.commune_id <> other.commune_id OR p.parcel_id + 0 < other.parcel_id + 0)
INNER JOIN cadastre.sheet AS t ON other.sheet_id = t.sheet_id
INNER JOIN admin.commune AS c ON other.commune_id = c.commune_id
WHERE p.commune_id = %(commune_id)s
ORDER BY p.parcel_id, other.parcel_id;
