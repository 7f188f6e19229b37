-- Which numbers of the registry book stand on so many certificates of the commune that they must be a filler?
-- The number itself is not shown. Fillers without a digit are IDN011's.
SELECT
    c.commune_id,
    (
        SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = min(c.baunit_id)
    ) AS parcel_id,
    'certificate:' || min(c.certificate_id) || ' registry_no' AS which,
    count(*)::float8 AS measure,
    jsonb_build_object('certificates', count(*), 'first_certificate_id', min(c.certificate_id)) AS details
FROM registry.certificate AS c
WHERE
    c.commune_id = ANY(%(commune_ids)s::int[])
    AND c.registry_no ~ '[1-9]'
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR c.registry_no = ANY(ARRAY(
            SELECT d.registry_no
            FROM registry.baunit_parcel AS l
            INNER JOIN registry.certificate AS d ON l.baunit_id = d.baunit_id
            WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
GROUP BY c.commune_id, c.registry_no
HAVING count(*) >= %(repeated_at_least)s;
