-- The declare-once question: what one person holds, parcel by parcel; no other holder is read.

-- name: rights_held
SELECT
    h.parcel_id,
    CASE WHEN %(sees_rights)s THEN json_agg(h.told ORDER BY h.rrr_id, h.share_id) END AS rights
FROM (
    SELECT
        bp.parcel_id,
        r.rrr_id,
        sh.share_id,
        json_build_object(
            'rrr_kind', r.rrr_kind,
            'holder_group', r.holder_group,
            'share', CASE WHEN %(sees_shares)s THEN sh.numerator || '/' || sh.denominator END,
            'role', CASE WHEN %(sees_shares)s THEN sh.role END,
            'certificate', CASE WHEN %(sees_papers)s AND crt.certificate_id IS NOT NULL THEN json_build_object(
                'certificate_id', crt.certificate_id,
                'serial', crt.serial,
                'registry_no', crt.registry_no,
                'issued_on', crt.issued_on
            ) END
        ) AS told
    FROM $party AS v
    CROSS JOIN LATERAL (SELECT * FROM $share AS x WHERE x.party_id = v.party_id $barrier) AS sh
    CROSS JOIN LATERAL (SELECT * FROM $rrr AS x WHERE x.rrr_id = sh.rrr_id $barrier) AS r
    CROSS JOIN LATERAL (SELECT * FROM $baunit_parcel AS x WHERE x.baunit_id = r.baunit_id $barrier) AS bp
    CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_id = bp.parcel_id $barrier) AS p
    INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
    LEFT JOIN LATERAL (SELECT * FROM $certificate AS x WHERE x.certificate_id = r.certificate_id $barrier) AS crt ON true
    WHERE
        v.citizen_id_index = %(citizen_id_index)s
        AND bp.parcel_id > %(after)s
        AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]))
) AS h
GROUP BY h.parcel_id
ORDER BY h.parcel_id
LIMIT %(limit)s
