-- Scanned papers that were noted for a commune.

-- name: note
-- One row per file; the same file noted again changes nothing, another file of the same name takes its place.
INSERT INTO registry.scan AS known (
    commune_id, file_name, serial, scan_kind, file_sha256, file_bytes, is_signed, actor
)
SELECT
    %(commune_id)s, f.file_name, f.serial, f.scan_kind, f.file_sha256, f.file_bytes, f.is_signed, %(actor)s
FROM unnest(
    %(file_names)s::text[], %(serials)s::text[], %(kinds)s::text[], %(digests)s::bytea[], %(sizes)s::bigint[],
    %(signed)s::boolean[]
) AS f (file_name, serial, scan_kind, file_sha256, file_bytes, is_signed)
ON CONFLICT (commune_id, file_name) DO UPDATE SET
    serial = excluded.serial,
    scan_kind = excluded.scan_kind,
    file_sha256 = excluded.file_sha256,
    file_bytes = excluded.file_bytes,
    is_signed = excluded.is_signed,
    actor = excluded.actor,
    noted_at = now()
WHERE known.file_sha256 <> excluded.file_sha256
RETURNING (xmax = 0) AS is_new;

-- name: summary
SELECT
    count(*) AS scans,
    count(*) FILTER (WHERE n.scan_kind = 'CERTIFICATE') AS certificates,
    count(*) FILTER (WHERE n.is_signed) AS signed,
    count(*) FILTER (
        WHERE EXISTS (
            SELECT FROM registry.certificate AS c WHERE c.serial = n.serial AND c.commune_id = n.commune_id
        )
    ) AS tied_to_a_certificate,
    max(n.noted_at) AS last_noted_at
FROM registry.scan AS n
WHERE n.commune_id = %(commune_id)s;
