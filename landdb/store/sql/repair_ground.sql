-- The ground around a fault, with what decides who gives and who takes. Boxes are in degrees.

-- name: findings
-- Findings of a commune that are open, whose geometry a repair could change.
SELECT
    f.finding_id,
    f.rule_id,
    f.subject,
    f.parcel_id,
    f.other_parcel_id,
    f.commune_id,
    ST_SRID(f.geom) AS srid,
    ST_AsBinary(f.geom) AS geom,
    f.details
FROM quality.finding AS f
WHERE
    f.commune_id = %(commune_id)s
    AND f.state IN ('open', 'regressed')
    AND f.rule_id = ANY(%(rules)s::text[])
    AND (%(finding_ids)s::bigint[] IS NULL OR f.finding_id = ANY(%(finding_ids)s::bigint[]))
ORDER BY f.rule_id, f.finding_id;

-- name: parcels
-- Parcels in a box (null: in none), and those named, which may have no polygon.
SELECT
    p.parcel_id,
    p.version,
    p.commune_id,
    c.commune_code,
    s.sheet_no,
    p.parcel_no,
    coalesce(s.scale_denominator, 0) AS scale_denominator,
    s.srid,
    ST_AsBinary(p.geom) AS geom,
    p.geom_delivered,
    ST_X(p.fault_point_4326) AS fault_lon,
    ST_Y(p.fault_point_4326) AS fault_lat,
    p.legal_area_m2,
    p.registered_area_m2,
    -- since when the polygon is drawn as its delivery drew it: a repair does not make a survey younger
    least(
        p.valid_from,
        (
            SELECT min(h.valid_from)
            FROM cadastre.parcel_history AS h
            WHERE h.parcel_id = p.parcel_id AND h.batch_id = p.batch_id
        )
    ) AS drawn_since,
    p.land_use_codes,
    EXISTS (SELECT FROM registry.baunit_parcel AS b WHERE b.parcel_id = p.parcel_id) AS has_right,
    EXISTS (
        SELECT FROM registry.baunit_parcel AS b
        INNER JOIN registry.certificate AS k ON b.baunit_id = k.baunit_id
        WHERE b.parcel_id = p.parcel_id
    ) AS has_certificate
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE
    p.geom_4326 && ST_MakeEnvelope(
        %(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 4326
    )
    OR p.parcel_id = ANY(%(parcel_ids)s::bigint[])
ORDER BY p.parcel_id;

-- name: objects
-- The polygon of a very large object is left out: it is asked for by its id, once.
SELECT
    o.land_object_id,
    o.version,
    o.commune_id,
    concat_ws(':', o.object_kind, o.object_name) AS object_key,
    ST_SRID(o.geom) AS srid,
    CASE WHEN ST_NPoints(o.geom) <= %(large)s THEN ST_AsBinary(o.geom) END AS geom
FROM cadastre.land_object AS o
WHERE o.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
ORDER BY o.land_object_id;

-- name: sheet_parcels
-- The parcels of one sheet of a commune.
SELECT p.parcel_id
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE s.commune_id = %(commune_id)s AND s.sheet_no = %(sheet_no)s AND p.geom IS NOT NULL
ORDER BY p.parcel_id;

-- name: parcels_box
SELECT
    min(ST_XMin(p.geom_4326)) AS west,
    min(ST_YMin(p.geom_4326)) AS south,
    max(ST_XMax(p.geom_4326)) AS east,
    max(ST_YMax(p.geom_4326)) AS north
FROM cadastre.parcel AS p
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[]);

-- name: object_geom
SELECT ST_AsBinary(o.geom) AS geom
FROM cadastre.land_object AS o
WHERE o.land_object_id = %(land_object_id)s;

-- name: finding_parcels
SELECT f.parcel_id, f.other_parcel_id FROM quality.finding AS f WHERE f.finding_id = ANY(%(finding_ids)s::bigint[]);
