-- Which parcels reach beyond the frame of their sheet by more than the tolerance?
-- A frame held in another zone than the sheet cannot be compared and is left out. Where the frame is a box, the
-- boxes that PostGIS keeps of geometries settle nearly every parcel; they are rounded by a quarter of a metre.
WITH framed AS MATERIALIZED (
    SELECT
        s.sheet_id,
        s.sheet_no,
        s.frame,
        ST_Area(ST_Envelope(s.frame)) - ST_Area(s.frame) < 0.01 AND %(frame_tolerance_m)s >= 0.5 AS is_box
    FROM cadastre.sheet AS s
    WHERE s.commune_id = ANY(%(commune_ids)s::int[]) AND s.frame IS NOT NULL
),

outside AS MATERIALIZED (
    SELECT
        p.commune_id,
        p.parcel_id,
        f.sheet_no,
        p.geom,
        f.frame
    FROM framed AS f
    INNER JOIN cadastre.parcel AS p ON f.sheet_id = p.sheet_id
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND CASE
            WHEN ST_SRID(p.geom) <> ST_SRID(f.frame) THEN false
            WHEN f.is_box AND f.frame ~ p.geom THEN false
            ELSE NOT ST_CoveredBy(p.geom, f.frame)
        END
)

SELECT
    o.commune_id,
    o.parcel_id,
    ST_Difference(o.geom, o.frame) AS geom,
    beyond.reach_m AS measure,
    ST_Area(ST_Difference(o.geom, o.frame)) AS area_m2,
    jsonb_build_object('sheet_no', o.sheet_no) AS details
FROM outside AS o
CROSS JOIN LATERAL (
    SELECT max(ST_Distance(corner.geom, o.frame)) AS reach_m
    FROM ST_DumpPoints(o.geom) AS corner
) AS beyond
WHERE beyond.reach_m > %(frame_tolerance_m)s;
