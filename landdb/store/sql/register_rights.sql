-- Rights, certificates and restrictions that a legal change opens, alters or ends.

-- name: insert_baunit
INSERT INTO registry.baunit (commune_id, baunit_key)
VALUES (%(commune_id)s, %(baunit_key)s)
ON CONFLICT (commune_id, baunit_key) DO UPDATE SET baunit_key = excluded.baunit_key
RETURNING baunit_id

-- name: insert_link
INSERT INTO registry.baunit_parcel (baunit_id, parcel_id, certificate_area_m2, batch_id, valid_from, recorded_at)
VALUES (
    %(baunit_id)s, %(parcel_id)s, %(certificate_area_m2)s, %(batch_id)s, %(valid_from)s, admin.recording_moment()
)

-- name: delete_links
DELETE FROM registry.baunit_parcel WHERE baunit_parcel_id = ANY(%(ids)s::bigint[])

-- name: insert_rrr
INSERT INTO registry.rrr (
    baunit_id, certificate_id, rrr_kind, holder_group, batch_id, valid_from, recorded_at
)
VALUES (
    %(baunit_id)s, %(certificate_id)s, %(rrr_kind)s, %(holder_group)s, %(batch_id)s, %(valid_from)s,
    admin.recording_moment()
)
RETURNING rrr_id

-- name: update_rrr
UPDATE registry.rrr SET holder_group = %(holder_group)s, valid_from = %(valid_from)s WHERE rrr_id = %(rrr_id)s

-- name: name_certificate
UPDATE registry.rrr SET certificate_id = %(certificate_id)s, valid_from = %(valid_from)s
WHERE baunit_id = %(baunit_id)s AND certificate_id IS DISTINCT FROM %(certificate_id)s

-- name: insert_share
INSERT INTO registry.share (rrr_id, party_id, role, numerator, denominator, batch_id, valid_from, recorded_at)
VALUES (
    %(rrr_id)s, %(party_id)s, %(role)s, %(numerator)s, %(denominator)s, %(batch_id)s, %(valid_from)s,
    admin.recording_moment()
)

-- name: update_share
UPDATE registry.share SET numerator = %(numerator)s, denominator = %(denominator)s, valid_from = %(valid_from)s
WHERE share_id = %(share_id)s

-- name: delete_shares
DELETE FROM registry.share WHERE share_id = ANY(%(ids)s::bigint[])

-- name: end_shares_of_empty_baunits
-- A baunit that has lost its last parcel keeps no right: its shares, rights and certificate end here, by name.
DELETE FROM registry.share AS s
USING registry.rrr AS r
WHERE
    s.rrr_id = r.rrr_id AND r.baunit_id = ANY(%(baunit_ids)s::bigint[])
    AND NOT EXISTS (SELECT FROM registry.baunit_parcel AS b WHERE b.baunit_id = r.baunit_id)

-- name: end_rights_of_empty_baunits
DELETE FROM registry.rrr AS r
WHERE
    r.baunit_id = ANY(%(baunit_ids)s::bigint[])
    AND NOT EXISTS (SELECT FROM registry.baunit_parcel AS b WHERE b.baunit_id = r.baunit_id)
RETURNING r.rrr_id, r.rrr_kind

-- name: end_certificates_of_empty_baunits
DELETE FROM registry.certificate AS c
WHERE
    c.baunit_id = ANY(%(baunit_ids)s::bigint[])
    AND NOT EXISTS (SELECT FROM registry.baunit_parcel AS b WHERE b.baunit_id = c.baunit_id)
RETURNING c.certificate_id

-- name: serial_holders
SELECT certificate_id FROM registry.certificate WHERE serial = %(serial)s

-- name: insert_certificate
INSERT INTO registry.certificate (
    baunit_id, commune_id, serial, serial_raw, registry_no, issued_on, batch_id, valid_from, recorded_at
)
VALUES (
    %(baunit_id)s, %(commune_id)s, %(serial)s, %(serial)s, %(registry_no)s, %(issued_on)s, %(batch_id)s,
    %(valid_from)s, admin.recording_moment()
)
RETURNING certificate_id

-- name: replace_certificate
UPDATE registry.certificate
SET
    serial = %(serial)s, serial_raw = %(serial)s, serial_fault = NULL, registry_no = %(registry_no)s,
    issued_on = %(issued_on)s, issued_on_raw = NULL, scan_file = NULL, valid_from = %(valid_from)s
WHERE certificate_id = %(certificate_id)s

-- name: delete_certificate
DELETE FROM registry.certificate WHERE certificate_id = %(certificate_id)s

-- name: next_rank
SELECT coalesce(max(rank), 0) + 1 FROM registry.restriction WHERE parcel_id = %(parcel_id)s

-- name: insert_restriction
INSERT INTO registry.restriction (
    parcel_id, restriction_kind, rank, party_id, reference, origin_id, batch_id, valid_from, recorded_at
)
VALUES (
    %(parcel_id)s, %(restriction_kind)s, %(rank)s, %(party_id)s, %(reference)s, %(origin_id)s, %(batch_id)s,
    %(valid_from)s, admin.recording_moment()
)

-- name: lift_restrictions
DELETE FROM registry.restriction
WHERE
    parcel_id = ANY(%(parcel_ids)s::bigint[]) AND origin_id = %(origin_id)s
    AND restriction_kind = %(restriction_kind)s
RETURNING parcel_id

-- name: carry_restrictions
-- What restricted the parents restricts every child: each once, ranks kept in order.
INSERT INTO registry.restriction (
    parcel_id, restriction_kind, rank, party_id, reference, origin_id, batch_id, valid_from, recorded_at
)
SELECT
    c.child_id, x.restriction_kind,
    CASE WHEN x.restriction_kind = 'MORTGAGE' THEN
        row_number() OVER (PARTITION BY c.child_id, x.restriction_kind ORDER BY x.rank, x.origin_id)
    END,
    x.party_id, x.reference, x.origin_id, x.batch_id, %(valid_from)s, admin.recording_moment()
FROM (
    SELECT DISTINCT ON (restriction_kind, origin_id) *
    FROM registry.restriction
    WHERE parcel_id = ANY(%(parents)s::bigint[])
    ORDER BY restriction_kind, origin_id, rank
) AS x
CROSS JOIN unnest(%(children)s::bigint[]) AS c (child_id)

-- name: delete_restrictions
DELETE FROM registry.restriction WHERE parcel_id = ANY(%(parcel_ids)s::bigint[])
