-- What the array rules look at: the current ground of one commune, as WKB.

-- name: commune
SELECT commune_code, lon, lat, area_km2 FROM admin.commune WHERE commune_id = %(commune_id)s;

-- name: parcels
SELECT
    p.parcel_id,
    s.sheet_no,
    p.parcel_no,
    coalesce(s.scale_denominator, 0) AS scale_denominator,
    ST_SRID(p.geom) AS srid,
    ST_AsBinary(p.geom) AS geom
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE p.commune_id = %(commune_id)s AND p.geom IS NOT NULL
ORDER BY p.parcel_id;

-- name: unusable_parcels
SELECT
    p.parcel_id,
    s.sheet_no,
    p.parcel_no,
    p.geom_fault,
    ST_X(p.fault_point_4326) AS lon,
    ST_Y(p.fault_point_4326) AS lat,
    s.srid
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE p.commune_id = %(commune_id)s AND p.geom IS NULL
ORDER BY p.parcel_id;

-- name: land_objects
SELECT o.object_kind, o.object_name, ST_SRID(o.geom) AS srid, ST_AsBinary(o.geom) AS geom
FROM cadastre.land_object AS o
WHERE o.commune_id = %(commune_id)s
ORDER BY o.land_object_id;

-- name: boundary
SELECT ST_SRID(b.geom) AS srid, ST_AsBinary(b.geom) AS geom
FROM admin.commune_boundary AS b
WHERE b.commune_id = %(commune_id)s;

-- name: count_parcels
SELECT count(*) FROM cadastre.parcel WHERE commune_id = %(commune_id)s;
