-- Which certificates have noted scans and none of them carries a digital signature?
SELECT
    c.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = c.baunit_id) AS parcel_id,
    'certificate:' || c.certificate_id AS which,
    count(*)::float8 AS measure,
    jsonb_build_object('certificate_id', c.certificate_id, 'scans', count(*)) AS details
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
GROUP BY c.commune_id, c.certificate_id, c.baunit_id
HAVING NOT bool_or(n.is_signed);
