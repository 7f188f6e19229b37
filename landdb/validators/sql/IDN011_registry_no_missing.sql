-- Which certificates have no number in the registry book (counted), or a filler instead (a warning)?
SELECT
    c.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = c.baunit_id) AS parcel_id,
    'certificate:' || c.certificate_id AS which,
    jsonb_build_object(
        'reason', CASE WHEN c.registry_no IS NULL THEN 'MISSING' ELSE 'FILLER' END,
        'certificate_id', c.certificate_id
    ) AS details,
    CASE WHEN c.registry_no IS NOT NULL THEN 'warning' END AS severity
FROM registry.certificate AS c
WHERE
    c.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR c.baunit_id = ANY(ARRAY(
            SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
    AND (c.registry_no IS NULL OR c.registry_no !~ '[1-9]');
