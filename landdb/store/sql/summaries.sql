-- What small zooms show: sheets with their ground by land use, communes with counts. Made after the parcels.

-- name: prints
-- What each sheet of a commune is drawn from: its parcels' versions, its frame and number.
SELECT
    s.sheet_id,
    coalesce(h.print, 0) # hashtextextended(concat_ws('|', s.sheet_no, s.scale_denominator, s.frame_4326::text), 1) AS print
FROM cadastre.sheet AS s
LEFT JOIN (
    SELECT r.sheet_id, bit_xor(hashint8extended(r.parcel_id, r.version)) AS print
    FROM serving.rendered_parcel AS r
    WHERE r.commune_id = %(commune_id)s
    GROUP BY r.sheet_id
) AS h ON s.sheet_id = h.sheet_id
WHERE s.commune_id = %(commune_id)s

-- name: list_changed_sheets
SELECT p.sheet_id, p.print
FROM ($prints) AS p
LEFT JOIN serving.rendered_sheet AS r ON p.sheet_id = r.sheet_id
WHERE r.fingerprint IS DISTINCT FROM p.print
ORDER BY p.sheet_id

-- name: remove_cover
DELETE FROM serving.sheet_cover WHERE sheet_id = %(sheet_id)s

-- name: draw_cover
INSERT INTO serving.sheet_cover (sheet_id, land_use_group, parcels, geom_3857)
SELECT u.sheet_id, u.land_use_group, u.parcels, u.geom
FROM (
    SELECT
        r.sheet_id,
        coalesce(g.land_use_group, '') AS land_use_group,
        count(*)::int AS parcels,
        ST_ForcePolygonCW(ST_SimplifyPreserveTopology(
            ST_CollectionExtract(ST_Union($ground), 3), 2
        )) AS geom
    FROM serving.rendered_parcel AS r
    LEFT JOIN unnest(%(codes)s::text[], %(groups)s::text[]) AS g (code, land_use_group) ON r.land_use_code = g.code
    WHERE r.commune_id = %(commune_id)s AND r.sheet_id = %(sheet_id)s AND r.geom_3857 IS NOT NULL
    GROUP BY r.sheet_id, coalesce(g.land_use_group, '')
) AS u
WHERE NOT ST_IsEmpty(u.geom)

-- name: draw_sheet
-- Draws the sheet, and notes its ground as it was and as it is.
WITH drawn AS (
    SELECT
        s.sheet_id, s.commune_id, s.sheet_no, s.scale_denominator, %(print)s::bigint AS print,
        (
            SELECT count(*) FROM serving.rendered_parcel AS r
            WHERE r.commune_id = s.commune_id AND r.sheet_id = s.sheet_id
        )::int AS parcels,
        ST_ForcePolygonCW(coalesce(ST_Transform(s.frame_4326, 3857), (
            SELECT ST_ConvexHull(ST_Collect(c.geom_3857)) FROM serving.sheet_cover AS c WHERE c.sheet_id = s.sheet_id
        ))) AS geom
    FROM cadastre.sheet AS s
    WHERE s.sheet_id = %(sheet_id)s
),
kept AS (
    INSERT INTO serving.rendered_sheet (
        sheet_id, commune_id, sheet_no, scale_denominator, parcels, fingerprint, geom_3857, label_3857
    )
    SELECT sheet_id, commune_id, sheet_no, scale_denominator, parcels, print, geom, ST_PointOnSurface(geom) FROM drawn
    ON CONFLICT (sheet_id) DO UPDATE SET
        commune_id = excluded.commune_id,
        sheet_no = excluded.sheet_no,
        scale_denominator = excluded.scale_denominator,
        parcels = excluded.parcels,
        fingerprint = excluded.fingerprint,
        geom_3857 = excluded.geom_3857,
        label_3857 = excluded.label_3857
)
INSERT INTO serving.touched (layer, commune_id, west, south, east, north, is_rendered)
SELECT 'sheets', b.commune_id, ST_XMin(b.box), ST_YMin(b.box), ST_XMax(b.box), ST_YMax(b.box), true
FROM (
    SELECT d.commune_id, ST_Transform(ST_Envelope(ST_Collect(ARRAY[d.geom, o.geom_3857, %(cover_before)s::geometry, (
        SELECT ST_Envelope(ST_Collect(c.geom_3857)) FROM serving.sheet_cover AS c WHERE c.sheet_id = d.sheet_id
    )])), 4326) AS box
    FROM drawn AS d
    LEFT JOIN serving.rendered_sheet AS o ON d.sheet_id = o.sheet_id
) AS b
WHERE b.box IS NOT NULL

-- name: cover_box
SELECT ST_Envelope(ST_Collect(geom_3857)) FROM serving.sheet_cover WHERE sheet_id = %(sheet_id)s

-- name: remove_sheets
-- Sheets that the commune has not any more.
WITH gone AS (
    DELETE FROM serving.rendered_sheet AS r
    WHERE
        r.commune_id = %(commune_id)s
        AND NOT EXISTS (
            SELECT FROM cadastre.sheet AS s WHERE s.sheet_id = r.sheet_id AND s.commune_id = r.commune_id
        )
    RETURNING r.sheet_id, r.commune_id, ST_Transform(ST_Envelope(r.geom_3857), 4326) AS box
),
bare AS (
    DELETE FROM serving.sheet_cover AS c USING gone AS g WHERE c.sheet_id = g.sheet_id
)
INSERT INTO serving.touched (layer, commune_id, west, south, east, north, is_rendered)
SELECT 'sheets', g.commune_id, ST_XMin(g.box), ST_YMin(g.box), ST_XMax(g.box), ST_YMax(g.box), true
FROM gone AS g

-- name: draw_commune
-- Draws the commune if anything about it is other than before, and notes its ground as it was and as it is.
WITH was AS (
    SELECT * FROM serving.rendered_commune WHERE commune_id = %(commune_id)s
),
drawn AS (
    SELECT
        c.commune_id, c.commune_code, c.name, c.kind,
        (SELECT count(*) FROM serving.rendered_parcel AS r WHERE r.commune_id = c.commune_id)::int AS parcels,
        found.errors, found.warnings,
        ST_ForcePolygonCW(coalesce(ST_Transform(b.geom_4326, 3857), (
            SELECT ST_ConvexHull(ST_Collect(s.geom_3857))
            FROM serving.rendered_sheet AS s WHERE s.commune_id = c.commune_id
        ))) AS geom
    FROM admin.commune AS c
    LEFT JOIN admin.commune_boundary AS b ON c.commune_id = b.commune_id
    CROSS JOIN LATERAL (
        SELECT
            count(*) FILTER (WHERE f.severity = 'error')::int AS errors,
            count(*) FILTER (WHERE f.severity = 'warning')::int AS warnings
        FROM quality.finding AS f
        WHERE f.commune_id = c.commune_id AND f.state IN ('open', 'regressed') AND $public_rule
    ) AS found
    WHERE c.commune_id = %(commune_id)s
),
kept AS (
    INSERT INTO serving.rendered_commune AS k (
        commune_id, commune_code, name, kind, parcels, errors, warnings, geom_3857, label_3857
    )
    SELECT commune_id, commune_code, name, kind, parcels, errors, warnings, geom, ST_PointOnSurface(geom) FROM drawn
    ON CONFLICT (commune_id) DO UPDATE SET
        commune_code = excluded.commune_code,
        name = excluded.name,
        kind = excluded.kind,
        parcels = excluded.parcels,
        errors = excluded.errors,
        warnings = excluded.warnings,
        geom_3857 = excluded.geom_3857,
        label_3857 = excluded.label_3857
    WHERE
        (k.commune_code, k.name, k.kind, k.parcels, k.errors, k.warnings)
        IS DISTINCT FROM (
            excluded.commune_code, excluded.name, excluded.kind, excluded.parcels, excluded.errors, excluded.warnings
        )
        OR ST_AsBinary(k.geom_3857) IS DISTINCT FROM ST_AsBinary(excluded.geom_3857)
    RETURNING k.commune_id, k.geom_3857
)
INSERT INTO serving.touched (layer, commune_id, west, south, east, north, is_rendered)
SELECT 'communes', b.commune_id, ST_XMin(b.box), ST_YMin(b.box), ST_XMax(b.box), ST_YMax(b.box), true
FROM (
    SELECT k.commune_id, ST_Transform(ST_Envelope(ST_Collect(k.geom_3857, w.geom_3857)), 4326) AS box
    FROM kept AS k
    LEFT JOIN was AS w ON k.commune_id = w.commune_id
) AS b
WHERE b.box IS NOT NULL
