-- The ground that a report draws, in WGS 84: polygons and numbers of parcels, nothing about anybody.

-- name: parcels
SELECT ST_AsBinary(p.geom_4326) AS geom
FROM cadastre.parcel AS p
WHERE p.commune_id = %(commune_id)s AND p.geom_4326 IS NOT NULL
ORDER BY p.parcel_id

-- name: land_objects
SELECT o.object_kind, ST_AsBinary(o.geom_4326) AS geom
FROM cadastre.land_object AS o
WHERE o.commune_id = %(commune_id)s
ORDER BY o.land_object_id

-- name: boundaries
SELECT b.commune_id, ST_AsBinary(b.geom_4326) AS geom
FROM admin.commune_boundary AS b
WHERE b.commune_id = ANY(%(communes)s::int[])
ORDER BY b.commune_id

-- name: parcels_in_windows
-- What lies in each window, at most so many of each: for sketches, the nearest to its middle first.
SELECT w.number, n.parcel_id, n.sheet_no, n.parcel_no, ST_AsBinary(n.geom_4326) AS geom
FROM unnest(
    %(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[]
) WITH ORDINALITY AS w (west, south, east, north, number)
CROSS JOIN LATERAL (
    SELECT p.parcel_id, s.sheet_no, p.parcel_no, p.geom_4326
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE p.geom_4326 && ST_MakeEnvelope(w.west, w.south, w.east, w.north, 4326)
    ORDER BY p.geom_4326 <-> ST_SetSRID(ST_MakePoint((w.west + w.east) / 2, (w.south + w.north) / 2), 4326), p.parcel_id
    LIMIT %(limit)s
) AS n
ORDER BY w.number, n.parcel_id

-- name: land_objects_in_windows
SELECT w.number, n.object_kind, ST_AsBinary(n.geom_4326) AS geom
FROM unnest(
    %(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[]
) WITH ORDINALITY AS w (west, south, east, north, number)
CROSS JOIN LATERAL (
    SELECT o.land_object_id, o.object_kind, o.geom_4326
    FROM cadastre.land_object AS o
    WHERE o.geom_4326 && ST_MakeEnvelope(w.west, w.south, w.east, w.north, 4326)
    ORDER BY o.land_object_id
    LIMIT %(limit)s
) AS n
ORDER BY w.number, n.land_object_id

-- name: parcel_shapes
SELECT p.parcel_id, ST_AsBinary(p.geom_4326) AS geom
FROM cadastre.parcel AS p
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[]) AND p.geom_4326 IS NOT NULL

-- name: province_name
SELECT p.name
FROM admin.province AS p
WHERE p.province_code = %(province_code)s AND p.valid_to = 'infinity'

-- name: last_runs
-- When was each commune last checked as a whole, and by which catalogue?
SELECT DISTINCT ON (c.commune_id) c.commune_id, r.run_id, r.finished_at, r.catalogue_hash
FROM quality.run_commune AS c
INNER JOIN quality.rule_run AS r ON c.run_id = r.run_id
WHERE c.commune_id = ANY(%(communes)s::int[]) AND r.is_whole
ORDER BY c.commune_id, r.run_id DESC
