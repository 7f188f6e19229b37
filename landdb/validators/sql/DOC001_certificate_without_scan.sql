-- Which certificates have no scan: none named and, where the scans of the commune were noted, none present?
-- Before half of the commune's certificates have one, this is work to do and told as one number.
WITH scanned AS (
    SELECT
        c.commune_id,
        c.certificate_id,
        c.baunit_id,
        c.scan_file IS NOT NULL OR EXISTS (
            SELECT 1
            FROM registry.scan AS n
            WHERE n.commune_id = c.commune_id AND n.serial = c.serial AND n.scan_kind = 'CERTIFICATE'
        ) AS has_scan
    FROM registry.certificate AS c
    WHERE c.commune_id = ANY(%(commune_ids)s::int[])
),

counted AS (
    SELECT s.commune_id, count(*) AS certificates, count(*) FILTER (WHERE s.has_scan) AS scanned
    FROM scanned AS s
    GROUP BY s.commune_id
    HAVING count(*) FILTER (WHERE s.has_scan) > 0
)

SELECT
    s.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = s.baunit_id) AS parcel_id,
    'certificate:' || s.certificate_id AS which,
    1::float8 AS measure,
    jsonb_build_object('reason', 'MISSING', 'certificate_id', s.certificate_id) AS details
FROM scanned AS s
INNER JOIN counted AS k ON s.commune_id = k.commune_id
WHERE
    NOT s.has_scan
    AND k.scanned >= %(least_share)s * k.certificates
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR s.baunit_id = ANY(ARRAY(
            SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
UNION ALL
SELECT
    k.commune_id,
    NULL::bigint AS parcel_id,
    'commune' AS which,
    (k.certificates - k.scanned)::float8 AS measure,
    jsonb_build_object('reason', 'MOSTLY_MISSING', 'certificates', k.certificates, 'scanned', k.scanned) AS details
FROM counted AS k
WHERE k.scanned < %(least_share)s * k.certificates AND %(parcel_ids)s::bigint[] IS NULL;
