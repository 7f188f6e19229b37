-- Which noted scans of certificates carry no digital signature?
SELECT
    n.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = c.baunit_id) AS parcel_id,
    'scan:' || n.scan_id AS which,
    jsonb_build_object('scan_id', n.scan_id, 'certificate_id', c.certificate_id) AS details
FROM registry.scan AS n
INNER JOIN registry.certificate AS c ON n.serial = c.serial AND n.commune_id = c.commune_id
WHERE
    n.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR c.baunit_id = ANY(ARRAY(
            SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
    AND n.scan_kind = 'CERTIFICATE'
    AND NOT n.is_signed;
