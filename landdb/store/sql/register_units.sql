-- A sheet passes to another commune.

-- name: has_sheet
SELECT 1 FROM cadastre.sheet WHERE commune_id = %(commune_id)s AND sheet_no = %(sheet_no)s

-- name: copy_sheet
INSERT INTO cadastre.sheet (
    commune_id, sheet_no, scale_denominator, srid, frame, frame_4326, is_listed, delivered_hash, batch_id
)
SELECT
    %(new_commune_id)s, %(new_sheet_no)s, scale_denominator, srid, frame, frame_4326, is_listed, delivered_hash,
    batch_id
FROM cadastre.sheet
WHERE commune_id = %(old_commune_id)s AND sheet_no = %(old_sheet_no)s
RETURNING sheet_id

-- name: learn_crosswalk
INSERT INTO cadastre.sheet_crosswalk (
    old_commune_code, old_sheet_no, scale_denominator, commune_code, sheet_no, batch_id, delivered_hash
)
SELECT
    %(old_commune_code)s::text, %(old_sheet_no)s::text, s.scale_denominator, %(new_commune_code)s::text, %(new_sheet_no)s::text, s.batch_id,
    sha256(convert_to(concat_ws(
        '|', %(old_commune_code)s::text, %(old_sheet_no)s::text, %(new_commune_code)s::text, %(new_sheet_no)s::text
    ), 'UTF8'))
FROM cadastre.sheet AS s
WHERE s.commune_id = %(old_commune_id)s AND s.sheet_no = %(old_sheet_no)s
ON CONFLICT (delivered_hash) DO NOTHING

-- name: move_parcels
UPDATE cadastre.parcel AS p
SET
    commune_id = %(new_commune_id)s, sheet_id = %(new_sheet_id)s, old_sheet_no = s.sheet_no,
    old_parcel_no = p.parcel_no, valid_from = greatest(p.valid_from, %(valid_from)s::date)
FROM cadastre.sheet AS s
WHERE p.sheet_id = s.sheet_id AND s.commune_id = %(old_commune_id)s AND s.sheet_no = %(old_sheet_no)s
RETURNING p.parcel_id, p.parcel_no

-- name: move_certificates
UPDATE registry.certificate AS c
SET commune_id = %(new_commune_id)s, valid_from = greatest(c.valid_from, %(valid_from)s::date)
WHERE
    c.commune_id = %(old_commune_id)s
    AND c.baunit_id IN (
        SELECT b.baunit_id FROM registry.baunit_parcel AS b WHERE b.parcel_id = ANY(%(parcel_ids)s::bigint[])
    )

-- name: move_baunits
-- Keys such as "parcel 1/12" exist in both communes; the old commune's are told apart by its code.
UPDATE registry.baunit AS u
SET commune_id = %(new_commune_id)s, baunit_key = %(old_commune_code)s || ' ' || u.baunit_key
WHERE
    u.commune_id = %(old_commune_id)s
    AND u.baunit_id IN (
        SELECT b.baunit_id FROM registry.baunit_parcel AS b WHERE b.parcel_id = ANY(%(parcel_ids)s::bigint[])
    )
