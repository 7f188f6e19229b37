-- Which certificates on this commune's parcels have a serial that does not have the form of one?
-- The serial itself is not shown: a finding may be read by people who may not see certificates.
SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no || ' certificate:' || c.certificate_id AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    1::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object('reason', c.serial_fault, 'certificate_id', c.certificate_id) AS details
FROM registry.certificate AS c
CROSS JOIN LATERAL (
    SELECT link.parcel_id
    FROM registry.baunit_parcel AS link
    WHERE link.baunit_id = c.baunit_id
    ORDER BY link.parcel_id
    LIMIT 1
) AS first_parcel
INNER JOIN cadastre.parcel AS p ON first_parcel.parcel_id = p.parcel_id
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE p.commune_id = %(commune_id)s AND c.serial_fault IS NOT NULL
ORDER BY p.parcel_id, c.certificate_id;
