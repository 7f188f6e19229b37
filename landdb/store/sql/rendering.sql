-- The forms of the register that maps and lists show, made ahead of questions, commune by commune.

-- name: feature
-- The GeoJSON feature of a parcel as everyone may see it: p is the parcel, s its sheet, c its commune. Text is put
-- together, which costs a third of building JSON objects; only free text is escaped.
'{"type":"Feature","id":' || p.parcel_id
|| ',"geometry":' || coalesce(ST_AsGeoJSON(p.geom_4326, 7), 'null')
|| ',"properties":{"parcel_code":' || coalesce(to_json(p.parcel_code)::text, 'null')
|| ',"commune_code":' || to_json(c.commune_code)
|| ',"commune_name":' || to_json(c.name)
|| ',"sheet_no":' || to_json(s.sheet_no)
|| ',"parcel_no":' || to_json(p.parcel_no)
|| ',"old_sheet_no":' || coalesce(to_json(p.old_sheet_no)::text, 'null')
|| ',"old_parcel_no":' || coalesce(to_json(p.old_parcel_no)::text, 'null')
|| ',"address":' || coalesce(to_json(p.address)::text, 'null')
|| ',"land_use_label":' || coalesce(to_json(p.land_use_label)::text, 'null')
|| ',"land_use_codes":' || coalesce(to_json(p.land_use_codes)::text, 'null')
|| ',"legal_area_m2":' || coalesce(p.legal_area_m2::text, 'null')
|| ',"registered_area_m2":' || coalesce(p.registered_area_m2::text, 'null')
|| ',"computed_area_m2":' || coalesce(round(p.computed_area_m2::numeric, 2)::text, 'null')
|| ',"valid_from":"' || p.valid_from
|| '","version":' || p.version
|| '}}'

-- name: geom_3857
-- Outer rings clockwise, as tiles want them once north is up the screen.
ST_ForcePolygonCW(ST_Transform(p.geom_4326, 3857))

-- name: label_3857
-- Where a number is read best. The middle of a compact parcel serves; only where it may lie outside, or at the rim,
-- the pole of inaccessibility is looked for, which costs thirty times as much.
CASE
    WHEN ST_Area(p.geom_4326) > 0.8 * ST_Area(ST_ConvexHull(p.geom_4326))
        THEN ST_Centroid(ST_Transform(p.geom_4326, 3857))
    ELSE (ST_MaximumInscribedCircle(ST_Transform(p.geom_4326, 3857))).center
END

-- name: render
-- Renders at most so many parcels of a commune whose rendered version is not the present one.
INSERT INTO serving.rendered_parcel (
    parcel_id, version, commune_id, sheet_id, sheet_no, parcel_no, land_use_code, area_m2, geom_3857, label_3857,
    feature
)
SELECT
    p.parcel_id, p.version, p.commune_id, p.sheet_id, s.sheet_no, p.parcel_no, p.land_use_codes[1],
    p.computed_area_m2, $geom_3857, $label_3857, $feature
FROM (
    SELECT v.*
    FROM cadastre.parcel AS v
    LEFT JOIN serving.rendered_parcel AS r ON v.parcel_id = r.parcel_id
    WHERE v.commune_id = %(commune_id)s AND r.version IS DISTINCT FROM v.version
    ORDER BY v.parcel_id
    LIMIT %(limit)s
) AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
ON CONFLICT (parcel_id) DO UPDATE SET
    version = excluded.version,
    commune_id = excluded.commune_id,
    sheet_id = excluded.sheet_id,
    sheet_no = excluded.sheet_no,
    parcel_no = excluded.parcel_no,
    land_use_code = excluded.land_use_code,
    area_m2 = excluded.area_m2,
    geom_3857 = excluded.geom_3857,
    label_3857 = excluded.label_3857,
    feature = excluded.feature

-- name: remove_ended
-- Parcels that ended, or went to another commune, which renders them itself.
DELETE FROM serving.rendered_parcel AS r
WHERE
    r.commune_id = %(commune_id)s
    AND NOT EXISTS (
        SELECT FROM cadastre.parcel AS p WHERE p.parcel_id = r.parcel_id AND p.commune_id = r.commune_id
    )

-- name: try_lock
SELECT pg_try_advisory_xact_lock(%(lock)s, %(commune_id)s)

-- name: list_due
-- Communes of which these layers changed since they were rendered, those that wait the longest first.
SELECT t.commune_id
FROM serving.touched AS t
WHERE NOT t.is_rendered AND t.layer = ANY(%(layers)s::text[]) AND t.commune_id IS NOT NULL
GROUP BY t.commune_id
ORDER BY min(t.touch_id)

-- name: list_touches
-- What is due of a commune now; what is noted later comes next time.
SELECT t.touch_id
FROM serving.touched AS t
WHERE NOT t.is_rendered AND t.layer = ANY(%(layers)s::text[]) AND t.commune_id = %(commune_id)s

-- name: mark_rendered
UPDATE serving.touched SET is_rendered = true WHERE touch_id = ANY(%(touch_ids)s::bigint[])

-- name: note_sheets_due
-- Its sheets are drawn from its parcels. No ground is named: what they show does not change before that.
INSERT INTO serving.touched (layer, commune_id) VALUES ('sheets', %(commune_id)s)

-- name: has_form
SELECT EXISTS (SELECT FROM serving.form WHERE form = %(form)s)

-- name: forget_all
TRUNCATE serving.rendered_parcel

-- name: note_everything
-- Every commune with parcels is due again.
INSERT INTO serving.touched (layer, commune_id, west, south, east, north)
SELECT 'parcels', p.commune_id, -180, -90, 180, 90
FROM cadastre.parcel AS p
GROUP BY p.commune_id

-- name: set_form
INSERT INTO serving.form (form) VALUES (%(form)s)
ON CONFLICT (is_only) DO UPDATE SET form = excluded.form

-- name: count_parcels
SELECT count(*) FROM cadastre.parcel WHERE commune_id = ANY(%(commune_ids)s::int[])

-- name: note_by_batch
-- While this is set, writers leave it to the end of their transaction to note what they touched, at once.
SELECT set_config('landdb.areas_noted_by', 'sheet', true)

-- name: note_by_row
SELECT set_config('landdb.areas_noted_by', '', true)

-- name: note_batch
-- An import does not stop to ask where its ground lies: until that is found out, it lies everywhere.
INSERT INTO serving.touched (layer, commune_id, west, south, east, north, is_rendered)
SELECT n.layer, k.objid::int, -180, -90, 180, 90, n.layer = 'land-objects'
FROM pg_catalog.pg_locks AS k
CROSS JOIN (VALUES ('parcels'), ('land-objects')) AS n (layer)
WHERE
    k.locktype = 'advisory' AND k.pid = pg_backend_pid() AND k.classid = %(commune_lock)s::int::oid
    AND CASE n.layer
        WHEN 'parcels' THEN EXISTS (
            SELECT FROM cadastre.parcel AS p WHERE p.commune_id = k.objid::int AND p.batch_id = %(batch_id)s
        )
        ELSE EXISTS (
            SELECT FROM cadastre.land_object AS o WHERE o.commune_id = k.objid::int AND o.batch_id = %(batch_id)s
        )
    END

-- name: list_unplaced
SELECT DISTINCT commune_id FROM serving.touched WHERE west = -180 AND commune_id IS NOT NULL

-- name: place
-- What lies everywhere as long as nobody knows better lies on the commune's sheets, as they are and as they were.
WITH unplaced AS (
    DELETE FROM serving.touched
    WHERE west = -180 AND commune_id = %(commune_id)s
    RETURNING layer, xid, noted_at, is_rendered
),
ground AS (
    SELECT 'parcels' AS layer, ST_Extent(p.geom_4326) AS box
    FROM cadastre.parcel AS p
    WHERE p.commune_id = %(commune_id)s
    GROUP BY p.sheet_id
    UNION ALL
    SELECT 'parcels', ST_Extent(h.geom_4326)
    FROM cadastre.sheet AS s
    INNER JOIN cadastre.parcel_history AS h ON s.sheet_id = h.sheet_id
    WHERE s.commune_id = %(commune_id)s
    GROUP BY h.sheet_id
    UNION ALL
    SELECT 'land-objects', ST_Extent(o.geom_4326)
    FROM cadastre.land_object AS o
    WHERE o.commune_id = %(commune_id)s
)
INSERT INTO serving.touched (layer, xid, noted_at, is_rendered, commune_id, west, south, east, north)
SELECT
    u.layer, u.xid, u.noted_at, u.is_rendered, %(commune_id)s,
    ST_XMin(g.box), ST_YMin(g.box), ST_XMax(g.box), ST_YMax(g.box)
FROM unplaced AS u
INNER JOIN ground AS g ON u.layer = g.layer
