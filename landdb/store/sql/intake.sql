-- name: create_arriving
-- One batch at a time passes through here, when its numbers may be known already.
CREATE TEMPORARY TABLE IF NOT EXISTS arriving (
    LIKE staging.staged_feature,
    land_use_codes text,
    land_use_fault text,
    commune_id int,
    sheet_id int
) ON COMMIT DROP;

-- name: empty_arriving
TRUNCATE arriving;

-- name: list_communes
SELECT commune_code, commune_id FROM admin.commune WHERE commune_code = ANY(%(codes)s) AND valid_to = 'infinity';

-- name: enter_sheets
-- Sheets that parcels name and nobody listed are entered; gives all that are held in the CRS delivered, and of
-- each whether it holds no parcel yet.
WITH delivered AS (
    SELECT d.*, c.commune_id
    FROM unnest(%(codes)s::text[], %(sheet_nos)s::text[], %(srids)s::int[], %(scales)s::int[])
        AS d (commune_code, sheet_no, srid, scale_denominator)
    JOIN admin.commune AS c ON c.commune_code = d.commune_code AND c.valid_to = 'infinity'
), entered AS (
    INSERT INTO cadastre.sheet (commune_id, sheet_no, scale_denominator, srid, batch_id)
    SELECT DISTINCT ON (commune_id, sheet_no) commune_id, sheet_no, scale_denominator, srid, %(batch_id)s
    FROM delivered
    WHERE srid IS NOT NULL AND sheet_no IS NOT NULL
    ORDER BY commune_id, sheet_no, srid
    ON CONFLICT (commune_id, sheet_no) DO NOTHING
    RETURNING commune_id, sheet_no, srid, sheet_id
)
SELECT
    d.commune_code, d.sheet_no, d.srid, ARRAY[d.commune_id, t.sheet_id] AS ids,
    NOT EXISTS (SELECT FROM cadastre.parcel AS p WHERE p.sheet_id = t.sheet_id) AS is_blank
FROM delivered AS d
JOIN (
    SELECT commune_id, sheet_no, srid, sheet_id FROM entered
    UNION ALL SELECT commune_id, sheet_no, srid, sheet_id FROM cadastre.sheet
) AS t ON t.commune_id = d.commune_id AND t.sheet_no = d.sheet_no AND t.srid = d.srid;

-- name: list_with_objects
-- Those of the communes that have a land object.
SELECT c.commune_id
FROM unnest(%(commune_ids)s::int[]) AS c (commune_id)
WHERE EXISTS (SELECT FROM cadastre.land_object AS o WHERE o.commune_id = c.commune_id);

-- name: take_in
-- A conflict on the key is a number known before or delivered before: such a row is left for judgement.
-- A table filled once is read in the order it was filled, so of two rows with one number the first goes in.
INSERT INTO cadastre.parcel (
    commune_id, sheet_id, parcel_no, parcel_code, old_sheet_no, old_parcel_no, address,
    land_use_label, land_use_codes, land_use_fault,
    registered_area_m2, legal_area_m2, computed_area_m2, geom, geom_4326,
    geom_fault, geom_delivered, fault_point_4326, raw, batch_id, source_row, delivered_hash, valid_from
)
SELECT
    commune_id, sheet_id, parcel_no, parcel_code, old_sheet_no, old_parcel_no, address,
    land_use, string_to_array(land_use_codes, ' '), land_use_fault,
    registered_area_m2, legal_area_m2, computed_area_m2, geom, geom_4326,
    geom_fault, geom_delivered, ST_SetSRID(ST_MakePoint(fault_lon, fault_lat), 4326),
    raw, batch_id, row_no, delivered_hash, %(valid_from)s::date
FROM arriving AS a
WHERE
    a.sheet_id IS NOT NULL
    -- a number that a split or merge retired is left for judgement too
    AND NOT EXISTS (
        SELECT FROM cadastre.parcel_history AS h
        JOIN cadastre.parcel_lineage AS l ON l.parent_id = h.parcel_id
        WHERE h.sheet_id = a.sheet_id AND h.parcel_no = a.parcel_no
    )
ON CONFLICT (sheet_id, parcel_no) DO NOTHING;

-- name: stage_the_rest
INSERT INTO staging.staged_feature
SELECT
    batch_id, row_no, layer, noun, commune_code, sheet_no, scale_denominator, parcel_no, parcel_code,
    old_sheet_no, old_parcel_no, registered_area_m2, legal_area_m2, address, land_use, object_kind, object_name,
    srid, geom, geom_4326, computed_area_m2, geom_fault, geom_delivered, fault_lon, fault_lat, delivered_hash, raw
FROM arriving AS a
WHERE NOT EXISTS (
    SELECT FROM cadastre.parcel AS p
    WHERE p.sheet_id = a.sheet_id AND p.parcel_no = a.parcel_no AND p.batch_id = a.batch_id AND p.source_row = a.row_no
);
