-- name: reject_unknown_communes
WITH gone AS (
    DELETE FROM staging.staged_holding AS h
    WHERE h.batch_id = %(batch_id)s
      AND NOT EXISTS (
          SELECT FROM admin.commune AS c
          WHERE c.commune_code = h.commune_code AND c.valid_to = 'infinity'
      )
    RETURNING h.*
)
INSERT INTO staging.rejected_row (
    batch_id, row_no, noun, commune_code, sheet_no, parcel_no, reason_code, field, reason, remedy, raw_enc
)
SELECT
    batch_id, row_no, 'holding', commune_code, sheet_no, parcel_no,
    'UNKNOWN_COMMUNE', 'commune_code', 'no commune with this code is in force',
    'correct the code, give --commune, or register it: landdb commune add CODE NAME', raw_enc
FROM gone;

-- name: resolve
-- Where each row belongs: its parcel by sheet and number, else by the national code, else by the numbers on the
-- certificate when one parcel alone has them, now or as its old numbers.
CREATE TEMPORARY TABLE resolved_holding ON COMMIT DROP AS
SELECT
    h.*, c.commune_id, coalesce(by_number.parcel_id, by_code.parcel_id, by_certificate.parcel_id) AS parcel_id,
    NULL::bigint AS baunit_id, NULL::bigint AS rrr_id, NULL::bigint AS known_party_id,
    false AS is_new, false AS is_changed
FROM staging.staged_holding AS h
JOIN admin.commune AS c ON c.commune_code = h.commune_code AND c.valid_to = 'infinity'
LEFT JOIN cadastre.sheet AS t ON t.commune_id = c.commune_id AND t.sheet_no = h.sheet_no
LEFT JOIN cadastre.parcel AS by_number ON by_number.sheet_id = t.sheet_id AND by_number.parcel_no = h.parcel_no
LEFT JOIN LATERAL (
    SELECT min(p.parcel_id) AS parcel_id
    FROM cadastre.parcel AS p
    WHERE by_number.parcel_id IS NULL AND h.parcel_no IS NULL
      AND p.parcel_code = h.parcel_code AND p.commune_id = c.commune_id
    HAVING count(*) = 1
) AS by_code ON true
LEFT JOIN LATERAL (
    SELECT min(one.parcel_id) AS parcel_id
    FROM (
        SELECT p.parcel_id
        FROM cadastre.sheet AS s
        JOIN cadastre.parcel AS p ON p.sheet_id = s.sheet_id AND p.parcel_no = h.cert_parcel_no
        WHERE s.commune_id = c.commune_id AND s.sheet_no = h.cert_sheet_no
        UNION
        SELECT p.parcel_id
        FROM cadastre.parcel AS p
        WHERE p.old_sheet_no = h.cert_sheet_no AND p.old_parcel_no = h.cert_parcel_no AND p.commune_id = c.commune_id
    ) AS one
    WHERE by_code.parcel_id IS NULL AND (h.sheet_no IS NULL OR h.parcel_no IS NULL)
    HAVING count(*) = 1
) AS by_certificate ON true
WHERE h.batch_id = %(batch_id)s;

-- name: reject_unknown_parcels
WITH gone AS (
    DELETE FROM resolved_holding WHERE parcel_id IS NULL
    RETURNING *, (sheet_no IS NULL OR parcel_no IS NULL) AND cert_parcel_no IS NOT NULL AS by_certificate
)
INSERT INTO staging.rejected_row (
    batch_id, row_no, noun, commune_code, sheet_no, parcel_no, reason_code, field, reason, remedy, raw_enc
)
SELECT
    batch_id, row_no, 'holding', commune_code, sheet_no, parcel_no,
    'PARCEL_NOT_FOUND', 'parcel_no',
    CASE WHEN by_certificate THEN 'not exactly one parcel in force has the sheet and parcel number of the certificate'
        ELSE 'no parcel in force has this sheet and parcel number' END,
    CASE WHEN by_certificate THEN 'fill in the sheet and parcel number of the present map, then deliver the file again'
        ELSE 'load the map of this sheet first, or correct the number, then deliver the file again' END,
    raw_enc
FROM gone;

-- name: insert_baunits
INSERT INTO registry.baunit (commune_id, baunit_key)
SELECT DISTINCT commune_id, baunit_key FROM resolved_holding
ON CONFLICT (commune_id, baunit_key) DO NOTHING;

-- name: note_baunits
UPDATE resolved_holding AS h
SET baunit_id = b.baunit_id
FROM registry.baunit AS b
WHERE b.commune_id = h.commune_id AND b.baunit_key = h.baunit_key;

-- name: note_changes
-- What each row would do, judged before anything is written: a new share, a change, or nothing.
UPDATE resolved_holding AS h
SET is_new = n.share_id IS NULL AND n.is_first,
    is_changed = n.link_id IS NULL
        OR n.certificate_area_m2 IS DISTINCT FROM h.parcel_area_m2
        OR (n.share_id IS NOT NULL AND (n.num, n.den, n.role) IS DISTINCT FROM (h.share_num, h.share_den, h.role))
        OR n.content_index IS DISTINCT FROM h.content_index
        OR (h.has_certificate
            AND (n.registry_no, n.issued_on, n.scan_file) IS DISTINCT FROM (h.registry_no, h.issued_on, h.scan_file)),
    known_party_id = n.party_id
FROM (
    SELECT
        r.ctid AS tid, p.party_id, p.content_index, s.share_id, s.numerator AS num, s.denominator AS den, s.role,
        l.baunit_parcel_id AS link_id, l.certificate_area_m2, c.registry_no, c.issued_on, c.scan_file,
        row_number() OVER (
            PARTITION BY r.baunit_id, r.rrr_kind, r.holder_group, r.party_key ORDER BY r.row_no
        ) = 1 AS is_first
    FROM resolved_holding AS r
    LEFT JOIN party.party AS p ON p.party_key = r.party_key
    LEFT JOIN registry.rrr AS t
        ON t.baunit_id = r.baunit_id AND t.rrr_kind = r.rrr_kind AND t.holder_group = r.holder_group
    LEFT JOIN registry.share AS s ON s.rrr_id = t.rrr_id AND s.party_id = p.party_id
    LEFT JOIN registry.baunit_parcel AS l ON l.baunit_id = r.baunit_id AND l.parcel_id = r.parcel_id
    LEFT JOIN registry.certificate AS c ON c.baunit_id = r.baunit_id
) AS n
WHERE n.tid = h.ctid;

-- name: insert_parties
INSERT INTO party.party (
    party_key, content_index, party_kind, name_masked, name_enc, name_index, name_fault, birth_year, birth_enc,
    birth_index, sex, id_kind, citizen_id_masked, citizen_id_enc, citizen_id_index, citizen_id_fault, org_no, org_no_fault,
    tax_code_masked, tax_code_enc, tax_code_fault, residence_enc, key_id, batch_id, valid_from
)
SELECT DISTINCT ON (h.party_key)
    h.party_key, h.content_index, h.party_kind, h.name_masked, h.name_enc, h.name_index, h.name_fault, h.birth_year,
    h.birth_enc, h.birth_index, h.sex, h.id_kind, h.citizen_id_masked, h.citizen_id_enc, h.citizen_id_index,
    h.citizen_id_fault, h.org_no, h.org_no_fault, h.tax_code_masked, h.tax_code_enc, h.tax_code_fault, h.residence_enc, h.key_id, h.batch_id,
    %(valid_from)s::date
FROM resolved_holding AS h
WHERE h.known_party_id IS NULL
ORDER BY h.party_key, h.row_no DESC
ON CONFLICT (party_key) DO NOTHING;

-- name: update_parties
-- A known person delivered with other particulars gets a new version.
UPDATE party.party AS p
SET content_index = h.content_index, name_masked = h.name_masked, name_enc = h.name_enc,
    name_fault = h.name_fault, birth_year = h.birth_year, birth_enc = h.birth_enc, birth_index = h.birth_index,
    sex = h.sex, citizen_id_fault = h.citizen_id_fault,
    org_no_fault = h.org_no_fault, tax_code_masked = h.tax_code_masked, tax_code_enc = h.tax_code_enc,
    tax_code_fault = h.tax_code_fault, residence_enc = h.residence_enc, key_id = h.key_id, batch_id = h.batch_id,
    valid_from = greatest(%(valid_from)s::date, p.valid_from)
FROM (
    SELECT DISTINCT ON (party_key) * FROM resolved_holding ORDER BY party_key, row_no DESC
) AS h
WHERE h.known_party_id = p.party_id AND p.content_index <> h.content_index;

-- name: insert_certificates
INSERT INTO registry.certificate (
    baunit_id, commune_id, serial, serial_raw, serial_fault, registry_no, issued_on, issued_on_raw, scan_file,
    batch_id, valid_from
)
SELECT DISTINCT ON (h.baunit_id)
    h.baunit_id, h.commune_id, h.serial, h.serial_raw, h.serial_fault, h.registry_no, h.issued_on, h.issued_on_raw,
    h.scan_file, h.batch_id, %(valid_from)s::date
FROM resolved_holding AS h
WHERE h.has_certificate
ORDER BY h.baunit_id, h.row_no DESC
ON CONFLICT (baunit_id) DO NOTHING;

-- name: update_certificates
UPDATE registry.certificate AS c
SET registry_no = h.registry_no, issued_on = h.issued_on, issued_on_raw = h.issued_on_raw,
    scan_file = h.scan_file, batch_id = h.batch_id, valid_from = greatest(%(valid_from)s::date, c.valid_from)
FROM (
    SELECT DISTINCT ON (baunit_id) * FROM resolved_holding WHERE has_certificate ORDER BY baunit_id, row_no DESC
) AS h
WHERE h.baunit_id = c.baunit_id
  AND (c.registry_no, c.issued_on, c.scan_file) IS DISTINCT FROM (h.registry_no, h.issued_on, h.scan_file);

-- name: insert_links
INSERT INTO registry.baunit_parcel (baunit_id, parcel_id, certificate_area_m2, batch_id, valid_from)
SELECT DISTINCT ON (h.baunit_id, h.parcel_id)
    h.baunit_id, h.parcel_id, h.parcel_area_m2, h.batch_id, %(valid_from)s::date
FROM resolved_holding AS h
ORDER BY h.baunit_id, h.parcel_id, h.row_no DESC
ON CONFLICT (baunit_id, parcel_id) DO NOTHING;

-- name: update_links
UPDATE registry.baunit_parcel AS l
SET certificate_area_m2 = h.parcel_area_m2, batch_id = h.batch_id,
    valid_from = greatest(%(valid_from)s::date, l.valid_from)
FROM (
    SELECT DISTINCT ON (baunit_id, parcel_id) * FROM resolved_holding ORDER BY baunit_id, parcel_id, row_no DESC
) AS h
WHERE l.baunit_id = h.baunit_id AND l.parcel_id = h.parcel_id
  AND l.certificate_area_m2 IS DISTINCT FROM h.parcel_area_m2;

-- name: insert_rights
INSERT INTO registry.rrr (baunit_id, certificate_id, rrr_kind, holder_group, batch_id, valid_from)
SELECT DISTINCT h.baunit_id, c.certificate_id, h.rrr_kind, h.holder_group, h.batch_id, %(valid_from)s::date
FROM resolved_holding AS h
LEFT JOIN registry.certificate AS c ON c.baunit_id = h.baunit_id
ON CONFLICT (baunit_id, rrr_kind, holder_group) DO NOTHING;

-- name: insert_shares
INSERT INTO registry.share (rrr_id, party_id, role, numerator, denominator, batch_id, valid_from)
SELECT DISTINCT ON (t.rrr_id, p.party_id)
    t.rrr_id, p.party_id, h.role, h.share_num, h.share_den, h.batch_id, %(valid_from)s::date
FROM resolved_holding AS h
JOIN party.party AS p ON p.party_key = h.party_key
JOIN registry.rrr AS t
    ON t.baunit_id = h.baunit_id AND t.rrr_kind = h.rrr_kind AND t.holder_group = h.holder_group
ORDER BY t.rrr_id, p.party_id, h.row_no DESC
ON CONFLICT (rrr_id, party_id) DO NOTHING;

-- name: update_shares
UPDATE registry.share AS s
SET role = h.role, numerator = h.share_num, denominator = h.share_den, batch_id = h.batch_id,
    valid_from = greatest(%(valid_from)s::date, s.valid_from)
FROM (
    SELECT DISTINCT ON (t.rrr_id, p.party_id)
        t.rrr_id, p.party_id, r.role, r.share_num, r.share_den, r.batch_id
    FROM resolved_holding AS r
    JOIN party.party AS p ON p.party_key = r.party_key
    JOIN registry.rrr AS t
        ON t.baunit_id = r.baunit_id AND t.rrr_kind = r.rrr_kind AND t.holder_group = r.holder_group
    ORDER BY t.rrr_id, p.party_id, r.row_no DESC
) AS h
WHERE s.rrr_id = h.rrr_id AND s.party_id = h.party_id
  AND (s.role, s.numerator, s.denominator) IS DISTINCT FROM (h.role, h.share_num, h.share_den);

-- name: collect_uses
-- The uses that certificates give each parcel, once each, numbered in the order delivered.
CREATE TEMPORARY TABLE delivered_use ON COMMIT DROP AS
SELECT
    parcel_id,
    row_number() OVER (PARTITION BY parcel_id ORDER BY first_row, use_ordinal)::smallint AS ordinal,
    code, raw, fault, area_m2, origin, use_form, term
FROM (
    SELECT
        h.parcel_id, min(h.row_no) AS first_row, (u ->> 'ordinal')::int AS use_ordinal, u ->> 'code' AS code,
        u ->> 'raw' AS raw, u ->> 'fault' AS fault, (u ->> 'area_m2')::float8 AS area_m2, u ->> 'origin' AS origin,
        u ->> 'use_form' AS use_form, u ->> 'term' AS term
    FROM resolved_holding AS h
    CROSS JOIN LATERAL jsonb_array_elements(h.uses) AS u
    GROUP BY h.parcel_id, h.baunit_id, 3, 4, 5, 6, 7, 8, 9, 10
) AS one;

-- name: delete_changed_uses
-- A parcel whose uses were delivered otherwise loses the earlier ones.
DELETE FROM cadastre.land_use AS u
USING (
    SELECT d.parcel_id
    FROM (
        SELECT parcel_id,
            jsonb_agg(jsonb_build_array(code, raw, area_m2, origin, use_form, term) ORDER BY ordinal) AS uses
        FROM delivered_use GROUP BY parcel_id
    ) AS d
    LEFT JOIN (
        SELECT e.parcel_id,
            jsonb_agg(jsonb_build_array(e.land_use_code, e.land_use_raw, e.area_m2, e.origin, e.use_form, e.term)
                      ORDER BY e.ordinal) AS uses
        FROM cadastre.land_use AS e
        WHERE e.parcel_id IN (SELECT parcel_id FROM delivered_use)
        GROUP BY e.parcel_id
    ) AS k ON k.parcel_id = d.parcel_id
    WHERE k.uses IS DISTINCT FROM d.uses
) AS changed
WHERE u.parcel_id = changed.parcel_id
RETURNING u.parcel_id;

-- name: insert_uses
INSERT INTO cadastre.land_use (
    parcel_id, ordinal, land_use_code, land_use_raw, land_use_fault, area_m2, origin, use_form, term, expires_on,
    batch_id, valid_from
)
SELECT
    d.parcel_id, d.ordinal, d.code, d.raw, d.fault, d.area_m2, d.origin, d.use_form, d.term,
    CASE WHEN d.term ~ '^\d{4}-\d{2}-\d{2}$' THEN d.term::date END, %(batch_id)s, %(valid_from)s::date
FROM delivered_use AS d
WHERE NOT EXISTS (SELECT FROM cadastre.land_use AS u WHERE u.parcel_id = d.parcel_id)
RETURNING parcel_id;

-- name: mark_changed_uses
UPDATE resolved_holding SET is_changed = true WHERE parcel_id = ANY(%(parcel_ids)s::bigint[]);

-- name: keep_remarks
-- What a delivery says of a holder's parcel that the register has no place for; what it says otherwise replaces it.
WITH kept AS (
    INSERT INTO registry.remark (
        baunit_id, parcel_id, party_id, has_present_user, has_change_reason, has_assets, remark_index, remark_enc,
        key_id, batch_id, source_row
    )
    SELECT DISTINCT ON (h.baunit_id, h.parcel_id, p.party_id)
        h.baunit_id, h.parcel_id, p.party_id, h.has_present_user, h.has_change_reason, h.has_assets, h.remark_index,
        h.remark_enc, h.key_id, h.batch_id, h.row_no
    FROM resolved_holding AS h
    JOIN party.party AS p ON p.party_key = h.party_key
    WHERE h.remark_enc IS NOT NULL
    ORDER BY h.baunit_id, h.parcel_id, p.party_id, h.row_no DESC
    ON CONFLICT (baunit_id, parcel_id, party_id) DO UPDATE
    SET has_present_user = excluded.has_present_user, has_change_reason = excluded.has_change_reason,
        has_assets = excluded.has_assets, remark_index = excluded.remark_index, remark_enc = excluded.remark_enc,
        key_id = excluded.key_id, batch_id = excluded.batch_id, source_row = excluded.source_row
    WHERE remark.remark_index <> excluded.remark_index
    RETURNING source_row
)
UPDATE resolved_holding AS h SET is_changed = true FROM kept AS k WHERE h.row_no = k.source_row;

-- name: count_remarks
SELECT
    count(*) FILTER (WHERE has_present_user), count(*) FILTER (WHERE has_change_reason),
    count(*) FILTER (WHERE has_assets)
FROM registry.remark
WHERE batch_id = %(batch_id)s;

-- name: count_outcomes
SELECT
    count(*) FILTER (WHERE is_new) AS stored,
    count(*) FILTER (WHERE is_changed AND NOT is_new) AS merged,
    count(*) FILTER (WHERE NOT is_changed AND NOT is_new) AS unchanged
FROM resolved_holding;

-- name: clear_staging
DELETE FROM staging.staged_holding WHERE batch_id = %(batch_id)s;

-- name: clear_resolved
DROP TABLE resolved_holding, delivered_use;
