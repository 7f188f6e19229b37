-- name: places
-- What the parcels that rules name are called, and a point inside each.
SELECT
    p.parcel_id,
    p.commune_id,
    c.commune_code,
    s.sheet_no || '/' || p.parcel_no AS number,
    ST_PointOnSurface(p.geom) AS point
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[]);
