-- Map tiles: drawn, kept, found again. Every layer is ordered, so that the same ground gives the same bytes.

-- name: find
-- The tile as it was drawn, if no change has touched its ground since that it does not show. The comparison with the
-- snapshot's oldest open transaction is for the index; whether the change is in the snapshot decides.
SELECT
    t.etag,
    CASE WHEN t.etag = ANY(%(known)s::text[]) THEN NULL ELSE t.body END AS body,
    t.omitted
FROM serving.tile AS t
WHERE
    t.z = %(z)s AND t.x = %(x)s AND t.y = %(y)s AND t.collections = %(collections)s
    AND NOT EXISTS (
        SELECT FROM serving.touched AS c
        WHERE
            c.xid >= pg_snapshot_xmin(t.snapshot::pg_snapshot)::text::bigint
            AND c.layer = ANY(t.sources)
            AND c.west <= %(east)s AND c.east >= %(west)s AND c.south <= %(north)s AND c.north >= %(south)s
            AND NOT pg_visible_in_snapshot(c.xid::text::xid8, t.snapshot::pg_snapshot)
    )

-- name: keep
INSERT INTO serving.tile (z, x, y, collections, sources, snapshot, etag, body, omitted)
VALUES (%(z)s, %(x)s, %(y)s, %(collections)s, %(sources)s, %(snapshot)s, %(etag)s, %(body)s, %(omitted)s)
ON CONFLICT (z, x, y, collections) DO UPDATE SET
    snapshot = excluded.snapshot, etag = excluded.etag, body = excluded.body, omitted = excluded.omitted,
    drawn_at = excluded.drawn_at

-- name: draw
-- One snapshot for all layers, and which one it was.
$with
SELECT $layers AS body, pg_current_snapshot()::text AS snapshot

-- name: ground
-- The parcels in sight. While everything here is rendered, the rendered rows alone are exact; else they count as far
-- as their version is the parcel's, and the rest is drawn live.
WITH state AS MATERIALIZED (
    SELECT
        f.is_own,
        f.is_own AND NOT EXISTS (
            SELECT FROM serving.touched AS c
            WHERE
                NOT c.is_rendered AND c.layer = 'parcels'
                AND c.west <= %(east)s AND c.east >= %(west)s AND c.south <= %(north)s AND c.north >= %(south)s
        ) AS is_calm
    FROM (SELECT EXISTS (SELECT FROM serving.form WHERE form = %(form)s) AS is_own) AS f
),
ground AS (
    SELECT r.parcel_id, r.sheet_no, r.parcel_no, r.land_use_code, r.area_m2, r.geom_3857, r.label_3857
    FROM serving.rendered_parcel AS r
    WHERE (SELECT is_calm FROM state) AND r.geom_3857 && $box
    UNION ALL
    SELECT r.parcel_id, r.sheet_no, r.parcel_no, r.land_use_code, r.area_m2, r.geom_3857, r.label_3857
    FROM serving.rendered_parcel AS r
    INNER JOIN cadastre.parcel AS p ON r.parcel_id = p.parcel_id AND r.version = p.version
    WHERE (SELECT is_own AND NOT is_calm FROM state) AND r.geom_3857 && $box
    UNION ALL
    SELECT
        p.parcel_id, s.sheet_no, p.parcel_no, p.land_use_codes[1], p.computed_area_m2, $geom_3857, $label_3857
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE
        (SELECT NOT is_calm FROM state)
        AND p.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
        AND NOT EXISTS (
            SELECT FROM serving.rendered_parcel AS r
            WHERE (SELECT is_own FROM state) AND r.parcel_id = p.parcel_id AND r.version = p.version
        )
)

-- name: box
ST_MakeEnvelope(%(x_min)s, %(y_min)s, %(x_max)s, %(y_max)s, 3857)

-- name: square
ST_TileEnvelope(%(z)s::int, %(x)s::int, %(y)s::int)

-- name: parcels
SELECT
    g.parcel_id AS id,
    g.land_use_code AS use,
    $drawn AS geom
FROM (SELECT parcel_id, land_use_code, area_m2, geom_3857 AS shape FROM ground) AS g
WHERE %(min_area_m2)s = 0 OR g.area_m2 >= %(min_area_m2)s
ORDER BY g.parcel_id

-- name: numbered_parcels
SELECT
    g.parcel_id AS id,
    g.land_use_code AS use,
    g.sheet_no AS sheet,
    g.parcel_no AS no,
    $drawn AS geom
FROM (SELECT parcel_id, land_use_code, sheet_no, parcel_no, area_m2, geom_3857 AS shape FROM ground) AS g
WHERE %(min_area_m2)s = 0 OR g.area_m2 >= %(min_area_m2)s
ORDER BY g.parcel_id

-- name: parcel_labels
-- Numbers of parcels that are large enough on the screen to hold one.
SELECT
    g.parcel_id AS id,
    g.sheet_no AS sheet,
    g.parcel_no AS no,
    g.land_use_code AS use,
    round(g.area_m2)::int AS area,
    ST_SnapToGrid(ST_TransScale(g.label_3857, -%(x_0)s, -%(y_0)s, %(per_m)s, -%(per_m)s), 1) AS geom
FROM ground AS g
WHERE g.area_m2 >= %(readable_m2)s AND g.label_3857 && $square
ORDER BY g.parcel_id

-- name: cover
-- Where parcels would be dust: the ground of each sheet by land use, and how many parcels that is.
SELECT
    c.land_use_group AS use,
    c.parcels,
    $drawn AS geom
FROM (
    SELECT k.sheet_id, k.land_use_group, k.parcels, ST_Simplify(k.geom_3857, %(pixel_m)s / 2) AS shape
    FROM serving.sheet_cover AS k
    WHERE k.geom_3857 && $box AND ST_Area(k.geom_3857) > 4 * %(pixel_m)s * %(pixel_m)s
) AS c
ORDER BY c.sheet_id, c.land_use_group

-- name: sheets
SELECT
    s.sheet_id AS id,
    s.sheet_no AS no,
    s.scale_denominator AS scale,
    s.parcels,
    $drawn AS geom
FROM (SELECT *, geom_3857 AS shape FROM serving.rendered_sheet WHERE geom_3857 && $box) AS s
ORDER BY s.sheet_id

-- name: sheet_labels
SELECT
    s.sheet_id AS id,
    s.sheet_no AS no,
    s.scale_denominator AS scale,
    s.parcels,
    ST_AsMVTGeom(s.label_3857, $square, 4096, 0) AS geom
FROM serving.rendered_sheet AS s
WHERE s.geom_3857 && $box AND s.label_3857 && $square
ORDER BY s.sheet_id

-- name: communes
SELECT
    c.commune_id AS id,
    c.commune_code AS code,
    c.name,
    c.kind,
    c.parcels,
    c.errors,
    c.warnings,
    $drawn AS geom
FROM (
    SELECT
        *,
        CASE WHEN %(z)s < 14 THEN ST_Simplify(geom_3857, %(pixel_m)s / 4) ELSE geom_3857 END AS shape
    FROM serving.rendered_commune
    WHERE geom_3857 && $box
) AS c
ORDER BY c.commune_id

-- name: commune_labels
SELECT
    c.commune_id AS id,
    c.commune_code AS code,
    c.name,
    c.kind,
    c.parcels,
    c.errors,
    c.warnings,
    ST_AsMVTGeom(c.label_3857, $square, 4096, 0) AS geom
FROM serving.rendered_commune AS c
WHERE c.geom_3857 && $box AND c.label_3857 && $square
ORDER BY c.commune_id

-- name: land_objects
-- Roads and water, as large as they must be to be seen.
SELECT
    o.land_object_id AS id,
    o.object_kind AS kind,
    o.object_name AS name,
    $drawn AS geom
FROM (
    SELECT
        l.land_object_id, l.object_kind, l.object_name,
        ST_ForcePolygonCW(ST_Transform(l.geom_4326, 3857)) AS shape
    FROM cadastre.land_object AS l
    WHERE
        l.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
        AND l.computed_area_m2 >= greatest(%(visible_m2)s, %(min_area_m2)s)
) AS o
ORDER BY o.land_object_id

-- name: findings
-- Faults that stand and that everyone may see, the worst if there are too many.
SELECT
    n.finding_id AS id,
    n.rule_id AS rule,
    n.severity,
    n.state,
    n.parcel_id AS parcel,
    ST_AsMVTGeom(ST_Transform(n.point_4326, 3857), $square, 4096, 0) AS geom
FROM (
    SELECT f.*
    FROM quality.finding AS f
    WHERE
        f.point_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
        AND f.state <> 'fixed' AND $public_rule
    ORDER BY f.badness DESC, f.finding_id
    LIMIT %(most_findings)s
) AS n
ORDER BY n.finding_id

-- name: finding_shapes
-- The fault itself. Most lie within 200 m of their point; those that reach farther have an index of their own.
SELECT
    f.finding_id AS id,
    f.rule_id AS rule,
    f.severity,
    f.state,
    ST_AsMVTGeom(ST_Transform(f.geom, 3857), $square, 4096, 64) AS geom
FROM quality.finding AS f
WHERE
    (
        f.point_4326 && ST_MakeEnvelope(
            %(west)s - 0.003, %(south)s - 0.003, %(east)s + 0.003, %(north)s + 0.003, 4326
        )
        OR (
            (
                st_xmax(f.geom::box3d) - st_xmin(f.geom::box3d) > 200
                OR st_ymax(f.geom::box3d) - st_ymin(f.geom::box3d) > 200
            )
            AND ST_Transform(ST_Envelope(f.geom), 4326) && ST_MakeEnvelope(
                %(west)s, %(south)s, %(east)s, %(north)s, 4326
            )
        )
    )
    AND f.state <> 'fixed' AND $public_rule
ORDER BY f.finding_id

-- name: public_rule
-- Findings about parties, their names and rights are for the staff of the commune.
f.rule_id !~ '^(TEN|PER|TXT001)'

-- name: drawn
-- ST_AsMVTGeom would make every polygon valid again after rounding, which costs six times all the rest; what draws
-- tiles does not need it. A polygon that lies inside needs no clipping either.
ST_SnapToGrid(ST_TransScale(
    CASE WHEN shape @ $box THEN shape ELSE ST_ForcePolygonCW(ST_ClipByBox2D(shape, $box)) END,
    -%(x_0)s, -%(y_0)s, %(per_m)s, -%(per_m)s
), 1)

-- name: count_smaller
SELECT count(*) FROM ground AS g WHERE g.area_m2 < %(min_area_m2)s

-- name: extent
SELECT ST_XMin(e.box), ST_YMin(e.box), ST_XMax(e.box), ST_YMax(e.box)
FROM (
    SELECT ST_Extent(ST_Transform(ST_Envelope(c.geom_3857), 4326)) AS box
    FROM serving.rendered_commune AS c
) AS e

-- name: sweep
-- Tiles that a change outdated go; then nobody needs to know of the change any more. A transaction that began before
-- it, and draws still, is younger than ten minutes.
WITH past AS (
    SELECT c.*
    FROM serving.touched AS c
    WHERE c.is_rendered AND c.noted_at < now() - interval '10 minutes'
    ORDER BY c.touch_id
    LIMIT %(limit)s
),
places AS (
    SELECT DISTINCT
        p.layer,
        z.z,
        floor((p.west + 180) / 360 * (1 << z.z) - 0.02)::int AS x_first,
        floor((p.east + 180) / 360 * (1 << z.z) + 0.02)::int AS x_last,
        floor((1 - asinh(tan(radians(least(p.north, 85)))) / pi()) / 2 * (1 << z.z) - 0.02)::int AS y_first,
        floor((1 - asinh(tan(radians(greatest(p.south, -85)))) / pi()) / 2 * (1 << z.z) + 0.02)::int AS y_last,
        p.xid
    FROM past AS p
    CROSS JOIN generate_series(0, %(deepest)s) AS z (z)
    WHERE p.west IS NOT NULL
),
outdated AS (
    DELETE FROM serving.tile AS t
    USING places AS p
    WHERE
        p.layer = ANY(t.sources)
        AND t.z = p.z AND t.x BETWEEN p.x_first AND p.x_last AND t.y BETWEEN p.y_first AND p.y_last
        AND NOT pg_visible_in_snapshot(p.xid::text::xid8, t.snapshot::pg_snapshot)
)
DELETE FROM serving.touched AS c USING past AS p WHERE c.touch_id = p.touch_id

-- name: evict
-- Beyond the limit the tiles go that are drawn fastest, those of large zooms, and among them the oldest.
DELETE FROM serving.tile AS t
USING (
    SELECT k.z, k.x, k.y, k.collections, sum(length(k.body) + 200) OVER (ORDER BY k.z, k.drawn_at DESC) AS kept
    FROM serving.tile AS k
) AS k
WHERE (t.z, t.x, t.y, t.collections) = (k.z, k.x, k.y, k.collections) AND k.kept > %(most_bytes)s
