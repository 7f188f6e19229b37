-- The answer about every parcel that was found: what it is, where it lies, what hangs on it, and where each
-- part came from. `staff` is false, or the commune is not the asker's, and no party is read at all.

-- name: answered
-- Only the parts that are wanted are put in, so that what nobody asked for is not read (store/answer_parts.py).
WITH found AS MATERIALIZED (
    $found
),
answered AS (
    SELECT
        f.parcel_id,
        f.subject_id,
        $findings AS findings,
        json_build_object(
            'parcel_id', v.parcel_id,
            'parcel_code', v.parcel_code,
            'parcel_no', v.parcel_no,
            'commune', json_build_object('code', c.commune_code, 'name', c.name, 'kind', c.kind),
            'sheet', json_build_object(
                'sheet_no', s.sheet_no, 'scale_denominator', s.scale_denominator, 'srid', s.srid
            ),
            'old_numbers', json_build_object('old_sheet_no', v.old_sheet_no, 'old_parcel_no', v.old_parcel_no),
            $fields
            'withheld', CASE WHEN sees.parties THEN %(ungranted)s::json ELSE %(withheld)s::json END
        ) AS parcel
    FROM found AS f
    CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_id = f.parcel_id $barrier) AS v
    INNER JOIN cadastre.sheet AS s ON v.sheet_id = s.sheet_id
    INNER JOIN admin.commune AS c ON v.commune_id = c.commune_id
    $from_batch
    CROSS JOIN LATERAL (
        SELECT
            (
                %(staff)s
                AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]))
            )
            OR (
                %(is_citizen)s
                AND EXISTS (
                    SELECT FROM registry.baunit_parcel AS own
                    WHERE
                        own.parcel_id = f.parcel_id
                        AND own.baunit_id = ANY((SELECT access.own_baunits())::bigint[])
                )
            ) AS parties
    ) AS sees
    $laterals
)

-- name: answer
$answered
SELECT
    count(*)::int AS parcels,
    count(DISTINCT a.subject_id)::int AS subjects,
    max(a.parcel_id) AS last_parcel_id,
    coalesce(sum(json_array_length(a.findings)), 0)::int AS findings,
    coalesce(json_agg(a.parcel ORDER BY a.parcel_id), '[]'::json) AS answer
FROM answered AS a

-- name: each
-- The same, parcel by parcel: answers to many questions are put together from them.
$answered
SELECT a.parcel_id, coalesce(json_array_length(a.findings), 0) AS findings, a.parcel
FROM answered AS a

-- name: field_geometry
'geometry', ST_AsGeoJSON(v.geom_4326, 8)::json,
'geometry_native', CASE WHEN %(native)s AND v.geom IS NOT NULL THEN json_build_object(
    'srid', s.srid, 'axes', 'EN', 'geometry', ST_AsGeoJSON(v.geom, 4, 0)::json
) END,
'geometry_fault', v.geom_fault,

-- name: field_address
'address', v.address,

-- name: field_areas
'areas', json_build_object(
    'legal_area_m2', v.legal_area_m2,
    'registered_area_m2', v.registered_area_m2,
    'computed_area_m2', v.computed_area_m2
),

-- name: field_land_uses
'land_use_on_map', CASE WHEN v.land_use_label IS NOT NULL THEN json_build_object(
    'label', v.land_use_label, 'land_use_codes', v.land_use_codes, 'fault', v.land_use_fault
) END,
'land_uses', land_uses.parts,

-- name: field_certificates
'certificates', certificates.parts,

-- name: field_rights
'rights', rights.parts,

-- name: field_findings
'findings', open_findings.findings,

-- name: field_provenance
'provenance', $provenance_whole,

-- name: land_uses
SELECT coalesce(
    json_agg(
        json_build_object(
            'ordinal', v.ordinal,
            'land_use_code', v.land_use_code,
            'land_use_raw', v.land_use_raw,
            'land_use_fault', v.land_use_fault,
            'area_m2', v.area_m2,
            'origin', v.origin,
            'use_form', v.use_form,
            'term', v.term,
            'expires_on', v.expires_on$and_provenance
        )
        ORDER BY v.ordinal, v.land_use_id
    ),
    '[]'::json
) AS parts
FROM $land_use AS v
$from_batch
WHERE v.parcel_id = f.parcel_id

-- name: certificates
SELECT coalesce(
    json_agg(
        json_build_object(
            'certificate_id', v.certificate_id,
            'serial', CASE WHEN sees.parties AND %(sees_serials)s THEN v.serial END,
            'serial_fault', v.serial_fault,
            'registry_no', CASE WHEN sees.parties AND %(sees_serials)s THEN v.registry_no END,
            'issued_on', v.issued_on,
            'certificate_area_m2', bp.certificate_area_m2$and_provenance
        )
        ORDER BY v.certificate_id
    ),
    '[]'::json
) AS parts
FROM $baunit_parcel AS bp
CROSS JOIN LATERAL (SELECT * FROM $certificate AS x WHERE x.baunit_id = bp.baunit_id $barrier) AS v
$from_batch
WHERE bp.parcel_id = f.parcel_id

-- name: rights
SELECT coalesce(
    json_agg(
        json_build_object(
            'rrr_id', v.rrr_id,
            'rrr_kind', v.rrr_kind,
            'holder_group', v.holder_group,
            'share', CASE WHEN %(sees_shares)s THEN held.numerator || '/' || held.denominator END,
            'role', CASE WHEN %(sees_shares)s THEN held.role END,
            'party', CASE WHEN %(sees_holders)s AND held.party_id IS NOT NULL THEN json_build_object(
                'party_id', held.party_id,
                'party_kind', held.party_kind,
                'name_masked', held.name_masked,
                'citizen_id_masked', held.citizen_id_masked,
                'org_no', held.org_no
            ) END,
            'certificate', CASE WHEN sees.parties AND %(sees_papers)s AND crt.certificate_id IS NOT NULL
                THEN json_build_object(
                'certificate_id', crt.certificate_id,
                'serial', crt.serial,
                'registry_no', crt.registry_no,
                'issued_on', crt.issued_on
            ) END$and_provenance
        )
        ORDER BY v.rrr_id, held.share_id
    ),
    '[]'::json
) AS parts
FROM $baunit_parcel AS bp
CROSS JOIN LATERAL (SELECT * FROM $rrr AS x WHERE x.baunit_id = bp.baunit_id $barrier) AS v
LEFT JOIN LATERAL (SELECT * FROM $certificate AS x WHERE x.certificate_id = v.certificate_id $barrier) AS crt ON true
LEFT JOIN LATERAL (
    SELECT
        sh.share_id,
        sh.numerator,
        sh.denominator,
        sh.role,
        pt.party_id,
        pt.party_kind,
        pt.name_masked,
        pt.citizen_id_masked,
        pt.org_no
    FROM (
        SELECT * FROM $share AS x
        WHERE sees.parties AND (%(sees_shares)s OR %(sees_holders)s) AND x.rrr_id = v.rrr_id $barrier
    ) AS sh
    CROSS JOIN LATERAL (SELECT * FROM $party AS x WHERE x.party_id = sh.party_id $barrier) AS pt
) AS held ON true
$from_batch
WHERE bp.parcel_id = f.parcel_id

-- name: open_findings
-- What stood open about the parcel then.
SELECT coalesce(json_agg(json_build_object($pairs) ORDER BY n.finding_id), '[]'::json) AS findings
FROM quality.finding AS n
WHERE
    (n.parcel_id = f.parcel_id OR n.other_parcel_id = f.parcel_id)
    AND $state_now IN ('open', 'regressed')
    AND ((sees.parties AND %(sees_holder_findings)s) OR $is_about_ground)

-- name: from_batch
LEFT JOIN staging.import_batch AS b ON v.batch_id = b.batch_id
LEFT JOIN registry.source AS d ON b.source_id = d.source_id

-- name: provenance
json_build_object(
    'batch_id', v.batch_id,
    'file_name', b.file_name,
    'source_row', $source_row,
    'imported_at', b.started_at,
    'document_reference', d.reference,
    'valid_from', v.valid_from,
    'recorded_at', v.recorded_at,
    'version', v.version
)
