-- Ground that a legal change makes, alters or ends.

-- name: last_number
-- The highest whole number that the sheet ever gave, to a parcel in force or to one that is gone.
SELECT coalesce(max(n.parcel_no::bigint), 0)
FROM (
    SELECT parcel_no FROM cadastre.parcel WHERE sheet_id = %(sheet_id)s
    UNION ALL
    SELECT parcel_no FROM cadastre.parcel_history WHERE sheet_id = %(sheet_id)s
) AS n
WHERE n.parcel_no ~ '^[0-9]{1,9}$'

-- name: codes_known
SELECT c.parcel_code
FROM unnest(%(codes)s::text[]) AS c (parcel_code)
WHERE
    EXISTS (SELECT FROM cadastre.parcel AS p WHERE p.parcel_code = c.parcel_code)
    OR EXISTS (SELECT FROM cadastre.parcel_history AS h WHERE h.parcel_code = c.parcel_code)
    OR EXISTS (SELECT FROM cadastre.parcel_code AS k WHERE k.parcel_code = c.parcel_code)

-- name: retire_codes
INSERT INTO cadastre.parcel_code (parcel_code, parcel_id, retired_by)
SELECT DISTINCT ON (p.parcel_code) p.parcel_code, p.parcel_id, %(transaction_id)s
FROM cadastre.parcel AS p
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[]) AND p.parcel_code IS NOT NULL
ON CONFLICT (parcel_code) DO UPDATE SET retired_by = excluded.retired_by

-- name: insert_parcel
-- The first of the parents lends what a child inherits: its sheet, address and delivery. The code is issued with it.
WITH entered AS (
    INSERT INTO cadastre.parcel (
        commune_id, sheet_id, parcel_no, parcel_code, old_sheet_no, old_parcel_no, address, land_use_label,
        land_use_codes, land_use_fault, registered_area_m2, legal_area_m2, computed_area_m2, geom, geom_4326,
        batch_id, source_row, delivered_hash, valid_from, recorded_at
    )
    SELECT
        p.commune_id, p.sheet_id, %(parcel_no)s, %(parcel_code)s, %(old_sheet_no)s, %(old_parcel_no)s, p.address,
        p.land_use_label, p.land_use_codes, p.land_use_fault, %(registered_area_m2)s, %(legal_area_m2)s,
        %(computed_area_m2)s, ST_GeomFromWKB(%(geom)s, s.srid), ST_GeomFromWKB(%(geom_4326)s, 4326), p.batch_id,
        p.source_row, sha256(%(geom)s::bytea), %(valid_from)s, admin.recording_moment()
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE p.parcel_id = %(parent_id)s
    RETURNING parcel_id
)

INSERT INTO cadastre.parcel_code (parcel_code, parcel_id, issued_by)
SELECT %(parcel_code)s, e.parcel_id, %(transaction_id)s FROM entered AS e
RETURNING parcel_id

-- name: insert_ground
-- No parent and no delivery lends anything: the sheet's delivery stands for where the parcel is kept.
WITH entered AS (
    INSERT INTO cadastre.parcel (
        commune_id, sheet_id, parcel_no, parcel_code, registered_area_m2, legal_area_m2, computed_area_m2, geom, geom_4326,
        batch_id, source_row, delivered_hash, valid_from, recorded_at
    )
    SELECT
        s.commune_id, s.sheet_id, %(parcel_no)s, %(parcel_code)s, %(area_m2)s, %(area_m2)s, %(computed_area_m2)s,
        ST_GeomFromWKB(%(geom)s, s.srid), ST_GeomFromWKB(%(geom_4326)s, 4326), s.batch_id, 0, sha256(%(geom)s::bytea),
        %(valid_from)s, admin.recording_moment()
    FROM cadastre.sheet AS s
    WHERE s.sheet_id = %(sheet_id)s
    RETURNING parcel_id
)

INSERT INTO cadastre.parcel_code (parcel_code, parcel_id, issued_by)
SELECT %(parcel_code)s, e.parcel_id, %(transaction_id)s FROM entered AS e
RETURNING parcel_id

-- name: delete_parcels
DELETE FROM cadastre.parcel WHERE parcel_id = ANY(%(parcel_ids)s::bigint[])

-- name: redraw_parcel
UPDATE cadastre.parcel
SET
    geom = ST_GeomFromWKB(%(geom)s, ST_SRID(geom)), geom_4326 = ST_GeomFromWKB(%(geom_4326)s, 4326),
    computed_area_m2 = %(computed_area_m2)s, registered_area_m2 = %(registered_area_m2)s,
    legal_area_m2 = %(legal_area_m2)s, valid_from = greatest(valid_from, %(valid_from)s::date)
WHERE parcel_id = %(id)s

-- name: correct_parcel
UPDATE cadastre.parcel
SET
    address = %(address)s, old_sheet_no = %(old_sheet_no)s, old_parcel_no = %(old_parcel_no)s,
    legal_area_m2 = %(legal_area_m2)s, registered_area_m2 = %(registered_area_m2)s, valid_from = %(valid_from)s
WHERE parcel_id = %(id)s

-- name: add_vertices_to_parcel
-- A neighbour takes a vertex: its boundary runs as before, its areas stay as registered.
UPDATE cadastre.parcel
SET
    geom = ST_GeomFromWKB(%(geom)s, ST_SRID(geom)), geom_4326 = ST_GeomFromWKB(%(geom_4326)s, 4326),
    computed_area_m2 = %(computed_area_m2)s, valid_from = greatest(valid_from, %(valid_from)s::date)
WHERE parcel_id = %(id)s

-- name: add_vertices_to_land_object
UPDATE cadastre.land_object
SET
    geom = ST_GeomFromWKB(%(geom)s, ST_SRID(geom)), geom_4326 = ST_GeomFromWKB(%(geom_4326)s, 4326),
    computed_area_m2 = %(computed_area_m2)s, valid_from = greatest(valid_from, %(valid_from)s::date)
WHERE land_object_id = %(id)s

-- name: delete_uses
DELETE FROM cadastre.land_use WHERE parcel_id = ANY(%(parcel_ids)s::bigint[])

-- name: insert_use
INSERT INTO cadastre.land_use (
    parcel_id, ordinal, land_use_code, land_use_raw, land_use_fault, area_m2, origin, use_form, term, expires_on,
    batch_id, valid_from, recorded_at
)
VALUES (
    %(parcel_id)s, %(ordinal)s, %(land_use_code)s, %(land_use_raw)s, %(land_use_fault)s, %(area_m2)s, %(origin)s,
    %(use_form)s, %(term)s, %(expires_on)s, %(batch_id)s, %(valid_from)s, admin.recording_moment()
)

-- name: extend_use
UPDATE cadastre.land_use
SET expires_on = %(expires_on)s, term = coalesce(%(term)s, term), valid_from = %(valid_from)s
WHERE land_use_id = %(land_use_id)s

-- name: note_parcels
INSERT INTO registry.transaction_parcel (parcel_id, transaction_id)
SELECT a.parcel_id, %(transaction_id)s FROM unnest(%(parcel_ids)s::bigint[]) AS a (parcel_id)
ON CONFLICT DO NOTHING
