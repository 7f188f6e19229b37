-- name: list_communes
SELECT DISTINCT c.commune_id
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
WHERE s.batch_id = %(batch_id)s;

-- name: count_staged
SELECT noun, count(*) FROM staging.staged_feature WHERE batch_id = %(batch_id)s GROUP BY noun;

-- name: list_changed_labels
SELECT DISTINCT land_use
FROM staging.staged_feature
WHERE batch_id = %(batch_id)s AND noun = 'parcel' AND land_use IS NOT NULL;

-- name: reject_unknown_communes
-- Features of a commune that is not in force cannot be placed.
WITH gone AS (
    DELETE FROM staging.staged_feature AS s
    WHERE s.batch_id = %(batch_id)s
      AND NOT EXISTS (
          SELECT FROM admin.commune AS c
          WHERE c.commune_code = s.commune_code AND c.valid_to = 'infinity'
      )
    RETURNING s.*
)
INSERT INTO staging.rejected_row (
    batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
    reason_code, field, reason, remedy, geom, geom_4326, delivered_hash
)
SELECT
    batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
    'UNKNOWN_COMMUNE', 'commune_code', 'no commune with this code is in force',
    'correct the code, give --commune, or register it: landdb commune add CODE NAME',
    geom, geom_4326, delivered_hash
FROM gone;

-- name: insert_listed_sheets
-- Sheets delivered as such: frame, scale and CRS.
INSERT INTO cadastre.sheet (
    commune_id, sheet_no, scale_denominator, srid, frame, frame_4326, is_listed, delivered_hash, batch_id
)
SELECT DISTINCT ON (c.commune_id, s.sheet_no)
    c.commune_id, s.sheet_no, s.scale_denominator, s.srid, s.geom, s.geom_4326, 1, s.delivered_hash, s.batch_id
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
WHERE s.batch_id = %(batch_id)s AND s.noun = 'sheet'
ORDER BY c.commune_id, s.sheet_no, s.row_no
ON CONFLICT (commune_id, sheet_no) DO NOTHING;

-- name: count_unchanged_sheets
SELECT count(*)
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
JOIN cadastre.sheet AS t ON t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no
WHERE s.batch_id = %(batch_id)s AND s.noun = 'sheet' AND t.delivered_hash = s.delivered_hash
  AND t.batch_id <> %(batch_id)s;

-- name: update_listed_sheets
-- A sheet known from parcels, or delivered before, takes the frame and scale delivered now; its CRS stays.
UPDATE cadastre.sheet AS t
SET scale_denominator = coalesce(s.scale_denominator, t.scale_denominator),
    frame = s.geom, frame_4326 = s.geom_4326, is_listed = 1,
    delivered_hash = s.delivered_hash, batch_id = s.batch_id
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
WHERE s.batch_id = %(batch_id)s AND s.noun = 'sheet'
  AND t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no
  AND t.delivered_hash IS DISTINCT FROM s.delivered_hash;

-- name: upsert_boundaries
INSERT INTO admin.commune_boundary (commune_id, geom, geom_4326, batch_id)
SELECT DISTINCT ON (c.commune_id) c.commune_id, s.geom, s.geom_4326, s.batch_id
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
WHERE s.batch_id = %(batch_id)s AND s.noun = 'commune_boundary' AND s.geom IS NOT NULL
ORDER BY c.commune_id, s.row_no
ON CONFLICT (commune_id) DO UPDATE
SET geom = excluded.geom, geom_4326 = excluded.geom_4326, batch_id = excluded.batch_id
WHERE NOT ST_OrderingEquals(commune_boundary.geom, excluded.geom)
RETURNING (xmax = 0) AS inserted;

-- name: reject_other_crs
-- A sheet has one legal CRS; a delivery in another would mix coordinates.
WITH gone AS (
    DELETE FROM staging.staged_feature AS s
    USING admin.commune AS c, cadastre.sheet AS t
    WHERE s.batch_id = %(batch_id)s AND s.noun = 'parcel'
      AND c.commune_code = s.commune_code AND c.valid_to = 'infinity'
      AND t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no AND t.srid <> s.srid
    RETURNING s.*, t.srid AS sheet_srid
)
INSERT INTO staging.rejected_row (
    batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
    reason_code, field, reason, remedy, geom, geom_4326, delivered_hash
)
SELECT
    batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
    'OTHER_CRS', 'geom', format('the sheet is held in EPSG:%%s, this file is in EPSG:%%s', sheet_srid, srid),
    format('deliver the sheet in its own CRS, or import with --sheet-crs %%s', sheet_srid),
    geom, geom_4326, delivered_hash
FROM gone;

-- name: reject_retired_numbers
-- A number that a split or merge retired is never given again: the delivery is older than the change.
WITH gone AS (
    DELETE FROM staging.staged_feature AS s
    USING admin.commune AS c, cadastre.sheet AS t
    WHERE s.batch_id = %(batch_id)s AND s.noun = 'parcel'
      AND c.commune_code = s.commune_code AND c.valid_to = 'infinity'
      AND t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no
      AND NOT EXISTS (
          SELECT FROM cadastre.parcel AS p WHERE p.sheet_id = t.sheet_id AND p.parcel_no = s.parcel_no
      )
      AND EXISTS (
          SELECT FROM cadastre.parcel_history AS h
          JOIN cadastre.parcel_lineage AS l ON l.parent_id = h.parcel_id
          WHERE h.sheet_id = t.sheet_id AND h.parcel_no = s.parcel_no
      )
    RETURNING s.*
)
INSERT INTO staging.rejected_row (
    batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
    reason_code, field, reason, remedy, geom, geom_4326, delivered_hash
)
SELECT
    batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
    'RETIRED_NUMBER', 'parcel_no', 'a split or merge has retired this number',
    'deliver the map as it is after the change: landdb history shows what the parcel became',
    geom, geom_4326, delivered_hash
FROM gone;

-- name: settle_numbers
-- One ground speaks for a number of this delivery: the one taken in already, else the first that is staged. Of the
-- others, what says the same to the letter is merged into it, and another ground under that number is quarantined.
WITH staged AS (
    SELECT
        s.row_no, s.delivered_hash, p.delivered_hash AS taken_hash,
        first_value(s.delivered_hash) OVER numbered AS first_hash, row_number() OVER numbered AS turn
    FROM staging.staged_feature AS s
    JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
    JOIN cadastre.sheet AS t ON t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no
    LEFT JOIN cadastre.parcel AS p
        ON p.sheet_id = t.sheet_id AND p.parcel_no = s.parcel_no AND p.batch_id = s.batch_id
    WHERE s.batch_id = %(batch_id)s AND s.noun = 'parcel'
    WINDOW numbered AS (PARTITION BY t.sheet_id, s.parcel_no ORDER BY s.row_no)
), gone AS (
    DELETE FROM staging.staged_feature AS s
    USING staged AS n
    WHERE s.batch_id = %(batch_id)s AND s.row_no = n.row_no AND (n.taken_hash IS NOT NULL OR n.turn > 1)
    RETURNING s.*, s.delivered_hash = coalesce(n.taken_hash, n.first_hash) AS is_repeated
), quarantined AS (
    INSERT INTO staging.rejected_row (
        batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
        reason_code, field, reason, remedy, geom, geom_4326, delivered_hash
    )
    SELECT
        batch_id, row_no, layer, noun, commune_code, sheet_no, parcel_no,
        'DUPLICATE_PARCEL_NO', 'parcel_no', 'another parcel of this file has the same sheet and parcel number',
        'give one of the two its own number and deliver the file again',
        geom, geom_4326, delivered_hash
    FROM gone
    WHERE NOT is_repeated
)
SELECT count(*) FILTER (WHERE is_repeated), count(*) FILTER (WHERE NOT is_repeated) FROM gone;

-- name: count_unchanged_parcels
SELECT count(*)
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
JOIN cadastre.sheet AS t ON t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no
JOIN cadastre.parcel AS p ON p.sheet_id = t.sheet_id AND p.parcel_no = s.parcel_no
WHERE s.batch_id = %(batch_id)s AND s.noun = 'parcel' AND p.delivered_hash = s.delivered_hash;

-- name: update_parcels
-- A known parcel delivered otherwise than before gets a new version; the old one goes to history.
UPDATE cadastre.parcel AS p
SET parcel_code = coalesce(s.parcel_code, p.parcel_code),
    old_sheet_no = coalesce(s.old_sheet_no, p.old_sheet_no),
    old_parcel_no = coalesce(s.old_parcel_no, p.old_parcel_no),
    address = coalesce(s.address, p.address),
    land_use_label = s.land_use, land_use_codes = string_to_array(r.codes, ' '), land_use_fault = r.fault,
    registered_area_m2 = s.registered_area_m2,
    legal_area_m2 = coalesce(s.legal_area_m2, p.legal_area_m2),
    computed_area_m2 = s.computed_area_m2,
    geom = s.geom, geom_4326 = s.geom_4326,
    geom_fault = s.geom_fault, geom_delivered = s.geom_delivered,
    fault_point_4326 = ST_SetSRID(ST_MakePoint(s.fault_lon, s.fault_lat), 4326),
    raw = s.raw, batch_id = s.batch_id, source_row = s.row_no, delivered_hash = s.delivered_hash,
    valid_from = greatest(%(valid_from)s::date, p.valid_from)
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
JOIN cadastre.sheet AS t ON t.commune_id = c.commune_id AND t.sheet_no = s.sheet_no
LEFT JOIN unnest(%(labels)s::text[], %(codes)s::text[], %(faults)s::text[]) AS r (label, codes, fault)
    ON r.label = s.land_use
WHERE s.batch_id = %(batch_id)s AND s.noun = 'parcel'
  AND p.sheet_id = t.sheet_id AND p.parcel_no = s.parcel_no AND p.delivered_hash <> s.delivered_hash;

-- name: count_unchanged_objects
SELECT count(*)
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
WHERE s.batch_id = %(batch_id)s AND s.noun = 'land_object'
  AND EXISTS (
      SELECT FROM cadastre.land_object AS o
      WHERE o.commune_id = c.commune_id AND o.delivered_hash = s.delivered_hash AND o.batch_id <> s.batch_id
  );

-- name: delete_gone_objects
-- A layer delivered again under the same file name replaces what that file delivered before.
DELETE FROM cadastre.land_object AS o
USING staging.import_batch AS earlier, staging.import_batch AS this
WHERE this.batch_id = %(batch_id)s AND earlier.batch_id = o.batch_id AND earlier.batch_id <> this.batch_id
  AND earlier.file_name = this.file_name
  AND o.commune_id IN (
      SELECT c.commune_id
      FROM staging.staged_feature AS s
      JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
      WHERE s.batch_id = %(batch_id)s AND s.noun = 'land_object'
  )
  AND NOT EXISTS (
      SELECT FROM staging.staged_feature AS s
      WHERE s.batch_id = %(batch_id)s AND s.noun = 'land_object' AND s.delivered_hash = o.delivered_hash
  );

-- name: insert_objects
INSERT INTO cadastre.land_object (
    commune_id, object_kind, object_name, computed_area_m2, geom, geom_4326,
    batch_id, source_row, delivered_hash, valid_from
)
SELECT DISTINCT ON (c.commune_id, s.delivered_hash)
    c.commune_id, coalesce(s.object_kind, 'other'), s.object_name, s.computed_area_m2, s.geom, s.geom_4326,
    s.batch_id, s.row_no, s.delivered_hash, %(valid_from)s::date
FROM staging.staged_feature AS s
JOIN admin.commune AS c ON c.commune_code = s.commune_code AND c.valid_to = 'infinity'
WHERE s.batch_id = %(batch_id)s AND s.noun = 'land_object'
  AND NOT EXISTS (
      SELECT FROM cadastre.land_object AS o
      WHERE o.commune_id = c.commune_id AND o.delivered_hash = s.delivered_hash
  )
ORDER BY c.commune_id, s.delivered_hash, s.row_no;

-- name: reject_unusable_grounds
-- Only a parcel may wait for its ring to be mended: an object, sheet or boundary is nothing but its ring.
WITH gone AS (
    DELETE FROM staging.staged_feature AS s
    WHERE s.batch_id = %(batch_id)s AND s.noun <> 'parcel' AND s.geom IS NULL
    RETURNING s.*
)
INSERT INTO staging.rejected_row (
    batch_id, row_no, layer, noun, commune_code, sheet_no, reason_code, field, reason, remedy,
    geom_4326, delivered_hash
)
SELECT
    batch_id, row_no, layer, noun, commune_code, sheet_no, 'INVALID_GEOMETRY', 'geom', geom_fault,
    'mend the ring at the place shown and deliver the file again',
    ST_SetSRID(ST_MakePoint(fault_lon, fault_lat), 4326), delivered_hash
FROM gone;

-- name: clear_staging
DELETE FROM staging.staged_feature WHERE batch_id = %(batch_id)s;
