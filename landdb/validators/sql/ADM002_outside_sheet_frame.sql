-- Which parcels reach beyond the frame of their sheet by more than the tolerance?
-- A frame held in another zone than the sheet cannot be compared and is left out.
WITH framed AS MATERIALIZED (
    SELECT
        p.parcel_id,
        s.sheet_no,
        s.sheet_no || '/' || p.parcel_no AS subject,
        p.geom,
        s.frame
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE
        p.commune_id = %(commune_id)s
        AND CASE
            WHEN ST_SRID(p.geom) = ST_SRID(s.frame) THEN NOT ST_CoveredBy(p.geom, s.frame)
            ELSE false
        END
)

SELECT
    f.parcel_id,
    NULL::bigint AS other_parcel_id,
    f.subject,
    ST_PointOnSurface(f.geom) AS point,
    ST_Difference(f.geom, f.frame) AS geom,
    beyond.reach_m AS measure,
    ST_Area(ST_Difference(f.geom, f.frame)) AS area_m2,
    jsonb_build_object('sheet_no', f.sheet_no) AS details
FROM framed AS f
CROSS JOIN LATERAL (
    SELECT max(ST_Distance(corner.geom, f.frame)) AS reach_m
    FROM ST_DumpPoints(f.geom) AS corner
) AS beyond
WHERE beyond.reach_m > %(frame_tolerance_m)s
ORDER BY f.parcel_id;
