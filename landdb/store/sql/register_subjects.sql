-- What a legal change is about, as it stands: parcels, and everything that hangs on them.

-- name: ids_by_number
SELECT p.parcel_id
FROM admin.commune AS c
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id
INNER JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id
WHERE
    c.commune_code = %(commune_code)s AND c.valid_to = 'infinity'
    AND s.sheet_no = %(sheet_no)s AND p.parcel_no = %(parcel_no)s

-- name: siblings
-- Parcels that share a baunit, and so a certificate and its rights, with these.
SELECT DISTINCT o.parcel_id
FROM registry.baunit_parcel AS b
INNER JOIN registry.baunit_parcel AS o ON b.baunit_id = o.baunit_id
WHERE b.parcel_id = ANY(%(parcel_ids)s::bigint[])

-- name: tags
SELECT t.parcel_id, t.tag, t.since FROM registry.parcel_tags(%(parcel_ids)s::bigint[]) AS t

-- name: subjects
SELECT
    p.parcel_id,
    p.commune_id,
    c.commune_code,
    c.kind AS commune_kind,
    p.sheet_id,
    s.sheet_no,
    coalesce(s.scale_denominator, 0) AS scale_denominator,
    s.srid,
    p.parcel_no,
    p.parcel_code,
    p.old_sheet_no,
    p.old_parcel_no,
    p.address,
    p.land_use_label,
    p.registered_area_m2,
    p.legal_area_m2,
    p.computed_area_m2,
    ST_AsBinary(p.geom) AS geom,
    p.batch_id,
    p.version
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[])

-- name: restrictions
-- Restrictions laid by a transaction, and mortgages that were delivered as rights.
SELECT x.parcel_id, x.restriction_id, x.restriction_kind, x.rank, x.reference, x.origin_id
FROM registry.restriction AS x
WHERE x.parcel_id = ANY(%(parcel_ids)s::bigint[])
UNION ALL
SELECT b.parcel_id, NULL, r.rrr_kind, NULL, 'rrr ' || r.rrr_id, NULL
FROM registry.baunit_parcel AS b
INNER JOIN registry.rrr AS r ON b.baunit_id = r.baunit_id
WHERE b.parcel_id = ANY(%(parcel_ids)s::bigint[]) AND r.rrr_kind = 'MORTGAGE'
ORDER BY 1, 4, 2

-- name: rights
SELECT
    b.parcel_id,
    b.baunit_parcel_id,
    b.baunit_id,
    b.certificate_area_m2,
    (SELECT count(*) FROM registry.baunit_parcel AS o WHERE o.baunit_id = b.baunit_id)::int AS parcels_of_baunit,
    r.rrr_id,
    r.rrr_kind,
    r.holder_group,
    r.certificate_id,
    sh.share_id,
    sh.party_id,
    sh.role,
    sh.numerator,
    sh.denominator
FROM registry.baunit_parcel AS b
LEFT JOIN registry.rrr AS r ON b.baunit_id = r.baunit_id
LEFT JOIN registry.share AS sh ON r.rrr_id = sh.rrr_id
WHERE b.parcel_id = ANY(%(parcel_ids)s::bigint[])
ORDER BY b.parcel_id, b.baunit_id, r.rrr_id, sh.share_id

-- name: uses
SELECT
    land_use_id, parcel_id, ordinal, land_use_code, land_use_raw, land_use_fault, area_m2, origin, use_form, term,
    expires_on
FROM cadastre.land_use
WHERE parcel_id = ANY(%(parcel_ids)s::bigint[])
ORDER BY parcel_id, ordinal, land_use_id

-- name: certificates
SELECT b.parcel_id, c.certificate_id, c.baunit_id, c.serial, c.registry_no, c.issued_on
FROM registry.baunit_parcel AS b
INNER JOIN registry.certificate AS c ON b.baunit_id = c.baunit_id
WHERE b.parcel_id = ANY(%(parcel_ids)s::bigint[])
ORDER BY b.parcel_id, c.certificate_id

-- name: broken_rules
SELECT f.rule_id FROM quality.finding AS f
WHERE f.state <> 'fixed' AND f.parcel_id = ANY(%(parcel_ids)s::bigint[])
UNION
SELECT f.rule_id FROM quality.finding AS f
WHERE f.state <> 'fixed' AND f.other_parcel_id = ANY(%(parcel_ids)s::bigint[])

-- name: new_findings
-- What these runs saw for the first time, or again after it had been fixed.
SELECT f.rule_id, f.subject
FROM quality.finding AS f
WHERE
    f.commune_id IN (SELECT rc.commune_id FROM quality.run_commune AS rc WHERE rc.run_id = ANY(%(run_ids)s::int[]))
    AND f.subject = ANY(%(subjects)s::text[])
    AND f.last_run_id = ANY(%(run_ids)s::int[])
    AND (f.first_run_id = ANY(%(run_ids)s::int[]) OR (f.state = 'regressed' AND f.changed_at >= now()))
