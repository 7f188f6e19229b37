-- Which parcels reach beyond the frame of their sheet by more than the tolerance?
-- A frame held in another zone than the sheet cannot be compared and is left out.
WITH framed AS MATERIALIZED (
    SELECT
        p.commune_id,
        p.parcel_id,
        s.sheet_no,
        p.geom,
        s.frame
    FROM cadastre.sheet AS s
    INNER JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id
    WHERE
        s.commune_id = ANY(%(commune_ids)s::int[])
        AND s.frame IS NOT NULL
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND CASE
            WHEN ST_SRID(p.geom) = ST_SRID(s.frame) THEN NOT ST_CoveredBy(p.geom, s.frame)
            ELSE false
        END
)

SELECT
    f.commune_id,
    f.parcel_id,
    ST_Difference(f.geom, f.frame) AS geom,
    beyond.reach_m AS measure,
    ST_Area(ST_Difference(f.geom, f.frame)) AS area_m2,
    jsonb_build_object('sheet_no', f.sheet_no) AS details
FROM framed AS f
CROSS JOIN LATERAL (
    SELECT max(ST_Distance(corner.geom, f.frame)) AS reach_m
    FROM ST_DumpPoints(f.geom) AS corner
) AS beyond
WHERE beyond.reach_m > %(frame_tolerance_m)s;
