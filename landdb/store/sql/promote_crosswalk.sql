-- name: insert
INSERT INTO cadastre.sheet_crosswalk (
    old_commune_code, old_sheet_no, old_parcel_no, scale_denominator, note, commune_code, sheet_no, parcel_no,
    batch_id, delivered_hash
)
SELECT
    old_commune_code, old_sheet_no, old_parcel_no, scale_denominator, note, commune_code, sheet_no, parcel_no,
    batch_id, delivered_hash
FROM staging.staged_crosswalk
WHERE batch_id = %(batch_id)s
ORDER BY row_no
ON CONFLICT (delivered_hash) DO NOTHING;

-- name: count_unchanged
-- Rows known from an earlier delivery; a row repeated within this file is merged, not unchanged.
SELECT count(*)
FROM staging.staged_crosswalk AS s
JOIN cadastre.sheet_crosswalk AS k ON k.delivered_hash = s.delivered_hash AND k.batch_id <> s.batch_id
WHERE s.batch_id = %(batch_id)s;

-- name: clear_staging
DELETE FROM staging.staged_crosswalk WHERE batch_id = %(batch_id)s;
