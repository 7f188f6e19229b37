-- Which delivered parcels are in quarantine because their number was taken by other ground?
-- Only the last delivery of a file counts: delivering it again, mended, settles its quarantine.
SELECT
    c.commune_id,
    p.parcel_id,
    r.sheet_no || '/' || r.parcel_no AS subject,
    ST_PointOnSurface(r.geom) AS point,
    r.geom,
    ST_Area(r.geom) AS area_m2,
    jsonb_build_object('batch_id', r.batch_id, 'row_no', r.row_no) AS details
FROM staging.rejected_row AS r
INNER JOIN staging.import_batch AS b ON r.batch_id = b.batch_id
INNER JOIN admin.commune AS c ON r.commune_code = c.commune_code
LEFT JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id AND r.sheet_no = s.sheet_no
LEFT JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id AND r.parcel_no = p.parcel_no
WHERE
    c.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND r.noun = 'parcel'
    AND r.reason_code = 'DUPLICATE_PARCEL_NO'
    AND NOT EXISTS (
        SELECT 1 FROM staging.import_batch AS later
        WHERE later.file_name = b.file_name AND later.batch_id > b.batch_id
    );
