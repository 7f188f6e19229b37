-- Which parcels reach beyond the frame of their sheet by more than the tolerance?
-- A frame held in another zone than the sheet cannot be compared and is left out.
SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no AS subject,
    ST_PointOnSurface(p.geom) AS point,
    ST_Difference(p.geom, s.frame) AS geom,
    beyond.reach_m AS measure,
    ST_Area(ST_Difference(p.geom, s.frame)) AS area_m2,
    jsonb_build_object('sheet_no', s.sheet_no) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
CROSS JOIN LATERAL (
    SELECT max(ST_Distance(corner.geom, s.frame)) AS reach_m
    FROM ST_DumpPoints(p.geom) AS corner
) AS beyond
WHERE
    p.commune_id = %(commune_id)s
    AND CASE
        WHEN ST_SRID(p.geom) = ST_SRID(s.frame)
            THEN NOT ST_CoveredBy(p.geom, s.frame) AND beyond.reach_m > %(frame_tolerance_m)s
        ELSE false
    END
ORDER BY p.parcel_id;
