-- What the array rules look at: current ground as columns, one row for all its units, geometries end to end as WKB.

-- name: commune
SELECT commune_code, lon, lat, area_km2 FROM admin.commune WHERE commune_id = %(commune_id)s;

-- name: gathered
array_agg(u.commune_id) AS commune_id,
array_agg(u.parcel_id) AS parcel_id,
array_agg(u.unit_key) AS unit_key,
array_agg(u.scale_denominator) AS scale_denominator,
array_agg(u.srid) AS srid,
array_agg(octet_length(u.wkb)) AS wkb_bytes,
string_agg(u.wkb, '') AS wkb

-- name: codes
(
    SELECT jsonb_object_agg(c.commune_id, c.commune_code)
    FROM admin.commune AS c
    WHERE c.commune_id = ANY(array_agg(u.commune_id))
) AS commune_codes

-- name: parcel_unit
p.commune_id,
p.parcel_id,
(s.sheet_no || '/' || p.parcel_no) COLLATE "C" AS unit_key,
coalesce(s.scale_denominator, 0) AS scale_denominator,
ST_SRID(p.geom) AS srid,
ST_AsBinary(p.geom) AS wkb

-- name: object_unit
o.commune_id,
-1 AS parcel_id,
concat_ws(':', nullif(o.object_kind, ''), nullif(o.object_name, '')) COLLATE "C" AS unit_key,
0 AS scale_denominator,
ST_SRID(o.geom) AS srid,
ST_AsBinary(o.geom) AS wkb

-- name: units
-- The ground of one commune; sorting it would cost as much as reading it, and findings do not depend on the order.
SELECT
    $gathered
FROM (
    SELECT
        $parcel_unit
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE p.commune_id = %(commune_id)s AND p.geom IS NOT NULL
    UNION ALL
    SELECT
        $object_unit
    FROM cadastre.land_object AS o
    WHERE o.commune_id = %(commune_id)s
) AS u
HAVING count(*) > 0;

-- name: units_near
-- The same columns for the units of any commune, or of some, whose envelopes meet one of the boxes (degrees).
SELECT
    $gathered,
    $codes
FROM (
    SELECT
        $parcel_unit,
        0 AS is_object
    FROM (
        SELECT DISTINCT near.parcel_id
        FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
            AS b (west, south, east, north)
        INNER JOIN cadastre.parcel AS near ON near.geom_4326 && ST_MakeEnvelope(b.west, b.south, b.east, b.north, 4326)
        WHERE %(commune_ids)s::int[] IS NULL OR near.commune_id = ANY(%(commune_ids)s::int[])
    ) AS found
    INNER JOIN cadastre.parcel AS p ON found.parcel_id = p.parcel_id
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE p.geom IS NOT NULL
    UNION ALL
    SELECT
        $object_unit,
        1 AS is_object
    FROM (
        SELECT DISTINCT near.land_object_id
        FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
            AS b (west, south, east, north)
        INNER JOIN cadastre.land_object AS near
            ON near.geom_4326 && ST_MakeEnvelope(b.west, b.south, b.east, b.north, 4326)
        WHERE %(commune_ids)s::int[] IS NULL OR near.commune_id = ANY(%(commune_ids)s::int[])
    ) AS found
    INNER JOIN cadastre.land_object AS o ON found.land_object_id = o.land_object_id
    ORDER BY is_object, unit_key, wkb
) AS u
HAVING count(*) > 0;

-- name: units_around
-- The same columns for all units around the parcels that meet the boxes: within a margin of their common envelope.
WITH along AS (
    SELECT ST_Extent(near.geom_4326)::geometry AS extent
    FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
        AS b (west, south, east, north)
    INNER JOIN cadastre.parcel AS near ON near.geom_4326 && ST_MakeEnvelope(b.west, b.south, b.east, b.north, 4326)
),

zone AS MATERIALIZED (
    SELECT
        ST_SetSRID(
            ST_Expand(
                ST_Extent(g.box)::geometry, %(margin_lon)s::float8, %(margin_lat)s::float8
            ), 4326
        ) AS box
    FROM (
        SELECT a.extent AS box FROM along AS a WHERE a.extent IS NOT NULL
        UNION ALL
        SELECT ST_MakeEnvelope(b.west, b.south, b.east, b.north) AS box
        FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
            AS b (west, south, east, north)
    ) AS g
)

SELECT
    $gathered,
    $codes
FROM (
    SELECT
        $parcel_unit,
        0 AS is_object
    FROM (
        SELECT near.parcel_id
        FROM zone AS z
        INNER JOIN cadastre.parcel AS near ON near.geom_4326 && z.box
    ) AS found
    INNER JOIN cadastre.parcel AS p ON found.parcel_id = p.parcel_id
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE p.geom IS NOT NULL
    UNION ALL
    SELECT
        $object_unit,
        1 AS is_object
    FROM (
        SELECT near.land_object_id
        FROM zone AS z
        INNER JOIN cadastre.land_object AS near ON near.geom_4326 && z.box
    ) AS found
    INNER JOIN cadastre.land_object AS o ON found.land_object_id = o.land_object_id
    ORDER BY is_object, unit_key, wkb
) AS u
HAVING count(*) > 0;

-- name: unusable_parcels
SELECT
    p.parcel_id,
    (s.sheet_no || '/' || p.parcel_no) COLLATE "C" AS unit_key,
    p.geom_fault,
    ST_X(p.fault_point_4326) AS lon,
    ST_Y(p.fault_point_4326) AS lat,
    s.srid
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE p.commune_id = %(commune_id)s AND p.geom IS NULL
ORDER BY unit_key;

-- name: boundary
SELECT ST_SRID(b.geom) AS srid, ST_AsBinary(b.geom) AS geom
FROM admin.commune_boundary AS b
WHERE b.commune_id = %(commune_id)s;

-- name: of_communes
-- What judging a few parcels needs to know of their communes.
SELECT
    c.commune_id,
    ST_SRID(b.geom) AS boundary_srid,
    ST_AsBinary(b.geom) AS boundary,
    ARRAY(
        SELECT f.subject
        FROM quality.finding AS f
        WHERE f.commune_id = c.commune_id AND f.rule_id = 'ADM003' AND f.state <> 'fixed'
    ) AS misplaced_sheets,
    EXISTS (
        SELECT 1 FROM cadastre.parcel AS p WHERE p.commune_id = c.commune_id AND p.geom IS NULL
    ) AS has_unusable
FROM unnest(%(commune_ids)s::int[]) AS c (commune_id)
LEFT JOIN admin.commune_boundary AS b ON c.commune_id = b.commune_id;

-- name: count_parcels
SELECT count(*) FROM cadastre.parcel WHERE commune_id = %(commune_id)s;

-- name: communes_near
-- The communes with parcels whose ground may meet a box (degrees), other than those named.
SELECT DISTINCT p.commune_id
FROM cadastre.parcel AS p
WHERE
    p.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
    AND p.commune_id <> ALL(%(commune_ids)s);
