-- Which certificates name a scan whose file name carries another serial?
SELECT
    c.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = c.baunit_id) AS parcel_id,
    'certificate:' || c.certificate_id AS which,
    jsonb_build_object('certificate_id', c.certificate_id) AS details
FROM registry.certificate AS c
WHERE
    c.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR c.baunit_id = ANY(ARRAY(
            SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
    AND c.serial_fault IS NULL
    AND position(
        replace(c.serial, ' ', '') IN regexp_replace(upper(normalize(c.scan_file)), '[^A-ZĐ0-9]', '', 'g')
    ) = 0;
