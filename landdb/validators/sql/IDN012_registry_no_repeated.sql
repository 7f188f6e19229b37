-- Which numbers of the registry book stand on so many certificates of the commune that they must be a filler?
-- The number itself is not shown. Fillers without a digit are IDN011's.
WITH repeated AS (
    SELECT c.commune_id, c.registry_no, count(*) AS certificates
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
    HAVING count(*) >= %(repeated_at_least)s
)

SELECT
    r.commune_id,
    min(link.parcel_id) AS parcel_id,
    'registry_no' AS which,
    r.certificates::float8 AS measure,
    jsonb_build_object('certificates', r.certificates) AS details
FROM repeated AS r
INNER JOIN registry.certificate AS c ON r.commune_id = c.commune_id AND r.registry_no = c.registry_no
INNER JOIN registry.baunit_parcel AS link ON c.baunit_id = link.baunit_id
GROUP BY r.commune_id, r.registry_no, r.certificates;
