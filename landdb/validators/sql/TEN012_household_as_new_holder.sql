-- Which certificates name a household as holder although they were issued when the law knew households no more?
SELECT
    c.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = c.baunit_id) AS parcel_id,
    'certificate:' || c.certificate_id AS which,
    jsonb_build_object('certificate_id', c.certificate_id, 'issued_on', c.issued_on) AS details
FROM registry.certificate AS c
INNER JOIN registry.rrr AS r ON c.baunit_id = r.baunit_id AND r.holder_group = 'HOUSEHOLD'
WHERE
    c.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR c.baunit_id = ANY(ARRAY(
            SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
    AND c.issued_on >= DATE '2024-08-01'
    AND c.issued_on <= %(today)s::date;
