-- name: begin
INSERT INTO staging.import_batch (
    file_name, file_sha256, file_bytes, file_format, profile, actor, source_id, state, description
)
VALUES (
    %(file_name)s, %(file_sha256)s, %(file_bytes)s, %(file_format)s, %(profile)s, %(actor)s, %(source_id)s,
    'RUNNING', %(description)s
)
RETURNING batch_id;

-- name: finish
UPDATE staging.import_batch
SET state = 'DONE', finished_at = clock_timestamp(),
    source_count = %(source)s, stored_count = %(stored)s, merged_count = %(merged)s,
    unchanged_count = %(unchanged)s, rejected_count = %(rejected)s
WHERE batch_id = %(batch_id)s;

-- name: supersede_rejects
-- The same file delivered again speaks for itself: what its earlier delivery left in quarantine is history.
UPDATE staging.rejected_row AS r
SET superseded_by = this.batch_id
FROM staging.import_batch AS earlier, staging.import_batch AS this
WHERE this.batch_id = %(batch_id)s AND r.batch_id = earlier.batch_id AND r.superseded_by IS NULL
  AND earlier.batch_id < this.batch_id AND earlier.file_name = this.file_name;

-- name: count_rejects
SELECT count(*) FROM staging.rejected_row WHERE batch_id = %(batch_id)s;

-- name: exists
SELECT 1 FROM staging.import_batch WHERE batch_id = %(batch_id)s;

-- name: list_rejects
-- The quarantine of one batch, in the order of the file.
SELECT row_no, layer, noun, commune_code, sheet_no, parcel_no, reason_code, field, reason, remedy
FROM staging.rejected_row
WHERE batch_id = %(batch_id)s
ORDER BY layer NULLS FIRST, row_no
LIMIT %(limit)s;

-- name: get_source
INSERT INTO registry.source (source_kind, reference, issued_on)
VALUES (%(source_kind)s, %(reference)s, %(issued_on)s)
ON CONFLICT (source_kind, reference, issued_on) DO UPDATE SET reference = excluded.reference
RETURNING source_id;

-- name: list_batches
SELECT batch_id, file_name, file_format, profile, actor, finished_at, source_count, stored_count, merged_count,
    unchanged_count, rejected_count
FROM staging.import_batch
ORDER BY batch_id DESC
LIMIT %(limit)s;

-- name: list_communes
-- The communes that a batch put anything into: this transaction holds the lock of each (class of store/locks.py).
SELECT c.commune_code
FROM pg_catalog.pg_locks AS k
JOIN admin.commune AS c ON c.commune_id = k.objid::bigint
WHERE k.locktype = 'advisory' AND k.pid = pg_backend_pid() AND k.classid = %(commune_lock)s::int::oid
  AND (
      EXISTS (SELECT FROM cadastre.parcel AS p WHERE p.commune_id = c.commune_id AND p.batch_id = %(batch_id)s)
      OR EXISTS (SELECT FROM cadastre.land_object AS o WHERE o.commune_id = c.commune_id AND o.batch_id = %(batch_id)s)
      OR EXISTS (SELECT FROM registry.certificate AS t WHERE t.commune_id = c.commune_id AND t.batch_id = %(batch_id)s)
  )
ORDER BY c.commune_code;
