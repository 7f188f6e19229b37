-- Which certificates on this commune's parcels have a serial that does not have the form of one?
-- The serial itself is not shown: a finding may be read by people who may not see certificates.
SELECT
    p.commune_id,
    p.parcel_id,
    'certificate:' || c.certificate_id AS which,
    jsonb_build_object('reason', c.serial_fault, 'certificate_id', c.certificate_id) AS details
FROM registry.certificate AS c
CROSS JOIN LATERAL (
    SELECT min(link.parcel_id) AS parcel_id
    FROM registry.baunit_parcel AS link
    WHERE link.baunit_id = c.baunit_id
) AS first_parcel
INNER JOIN cadastre.parcel AS p ON first_parcel.parcel_id = p.parcel_id
WHERE
    c.serial_fault IS NOT NULL
    AND p.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR c.baunit_id = ANY(ARRAY(
            SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    );
