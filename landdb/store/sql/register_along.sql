-- What lies along the ground of a legal change, whatever its commune and zone. Boxes meet within 1e-7 degrees, a
-- centimetre: ground of two zones has been converted and meets to the millimetre only.

-- name: communes_of_parcels
SELECT DISTINCT commune_id FROM cadastre.parcel WHERE parcel_id = ANY(%(parcel_ids)s::bigint[])

-- name: communes_along
-- The communes of the parcels and of all that lies along them.
SELECT u.commune_id, bool_or(u.is_own) AS is_own
FROM cadastre.parcel AS p
CROSS JOIN LATERAL (
    SELECT p.commune_id, true AS is_own
    UNION
    SELECT n.commune_id, false
    FROM cadastre.parcel AS n WHERE n.geom_4326 && ST_Expand(p.geom_4326, 1e-7)
    UNION
    SELECT o.commune_id, false
    FROM cadastre.land_object AS o WHERE o.geom_4326 && ST_Expand(p.geom_4326, 1e-7)
) AS u
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[])
GROUP BY u.commune_id
ORDER BY is_own DESC, u.commune_id

-- name: communes_in_box
SELECT n.commune_id
FROM cadastre.parcel AS n
WHERE n.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
UNION
SELECT o.commune_id
FROM cadastre.land_object AS o
WHERE o.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)

-- name: parcels_near
-- Parcels whose boxes meet those of the parcels, or the box; the parcels themselves left out.
SELECT DISTINCT n.parcel_id
FROM (
    SELECT ST_Expand(p.geom_4326, 1e-7) AS box
    FROM cadastre.parcel AS p
    WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[])
    UNION ALL
    SELECT ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 4326)
) AS g
INNER JOIN cadastre.parcel AS n ON g.box && n.geom_4326
WHERE n.parcel_id <> ALL(%(parcel_ids)s::bigint[])

-- name: units_at
-- Parcels and land objects whose box meets one of these, some parcels left out.
SELECT DISTINCT ON (u.noun, u.id) u.noun, u.id, u.srid, u.geom
FROM (
    SELECT ST_MakeEnvelope(e.west, e.south, e.east, e.north, 4326) AS box
    FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
        AS e (west, south, east, north)
) AS b
CROSS JOIN LATERAL (
    SELECT 'parcel' AS noun, n.parcel_id AS id, ST_SRID(n.geom) AS srid, ST_AsBinary(n.geom) AS geom
    FROM cadastre.parcel AS n
    WHERE n.geom_4326 && b.box AND n.parcel_id <> ALL(%(parcel_ids)s::bigint[])
    UNION ALL
    SELECT 'land_object', o.land_object_id, ST_SRID(o.geom), ST_AsBinary(o.geom)
    FROM cadastre.land_object AS o
    WHERE o.geom_4326 && b.box
) AS u
ORDER BY u.noun, u.id

-- name: find_sheet
SELECT s.sheet_id, s.commune_id, s.sheet_no, s.srid
FROM admin.commune AS c
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id
WHERE c.commune_code = %(commune_code)s AND c.valid_to = 'infinity' AND s.sheet_no = %(sheet_no)s
