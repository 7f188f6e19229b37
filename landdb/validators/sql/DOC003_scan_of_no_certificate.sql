-- Which noted scans belong to no certificate of the commune: their name carries no serial, or an unknown one?
-- The file's name is not shown: it carries a serial.
SELECT
    n.commune_id,
    NULL::bigint AS parcel_id,
    'scan:' || n.scan_id AS subject,
    jsonb_build_object(
        'reason', CASE WHEN n.serial IS NULL THEN 'NO_SERIAL_IN_NAME' ELSE 'UNKNOWN_SERIAL' END, 'scan_id', n.scan_id
    ) AS details
FROM registry.scan AS n
WHERE
    n.commune_id = ANY(%(commune_ids)s::int[])
    AND %(parcel_ids)s::bigint[] IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM registry.certificate AS c WHERE c.serial = n.serial AND c.commune_id = n.commune_id
    );
