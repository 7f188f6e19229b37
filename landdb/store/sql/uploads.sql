-- Files that came over the network: what they were read as, and how far their import is.

-- name: add
INSERT INTO staging.upload (upload_id, actor, commune_codes, file_name, file_bytes, wanted, state)
VALUES (
    %(upload_id)s, %(actor)s, %(commune_codes)s, %(file_name)s, %(file_bytes)s, %(wanted)s, 'RECEIVED'
)

-- name: note_understood
UPDATE staging.upload SET
    wanted = %(wanted)s, understood = %(understood)s, problem = %(problem)s,
    state = CASE WHEN %(problem)s::jsonb IS NULL THEN 'READY' ELSE 'REFUSED' END
WHERE upload_id = %(upload_id)s AND state IN ('RECEIVED', 'READY', 'REFUSED', 'CANCELLED')
RETURNING upload_id

-- name: begin
-- Whoever asks holds the lock that shows an import to be alive: one that is RUNNING has lost its process.
UPDATE staging.upload SET
    state = 'RUNNING', started_at = clock_timestamp(), finished_at = NULL, seen_rows = 0, expected_rows = NULL,
    is_cancelled = false, problem = NULL
WHERE upload_id = %(upload_id)s AND state IN ('READY', 'CANCELLED', 'RUNNING')
RETURNING upload_id

-- name: note_progress
UPDATE staging.upload SET seen_rows = %(seen_rows)s, expected_rows = %(expected_rows)s
WHERE upload_id = %(upload_id)s
RETURNING is_cancelled

-- name: finish
UPDATE staging.upload SET
    state = %(state)s, batch_id = %(batch_id)s, problem = %(problem)s, finished_at = clock_timestamp()
WHERE upload_id = %(upload_id)s

-- name: cancel
UPDATE staging.upload SET is_cancelled = true WHERE upload_id = %(upload_id)s AND state = 'RUNNING'

-- name: list
SELECT
    upload_id::text AS upload_id, actor, file_name, file_bytes, wanted, understood, problem, seen_rows, expected_rows,
    batch_id, received_at, started_at, finished_at, commune_codes,
    CASE WHEN state = 'RUNNING' AND NOT $is_running THEN 'INTERRUPTED' ELSE state END AS state,
    (
        SELECT jsonb_build_object(
            'source', b.source_count, 'stored', b.stored_count, 'merged', b.merged_count,
            'unchanged', b.unchanged_count, 'rejected', b.rejected_count
        )
        FROM staging.import_batch AS b WHERE b.batch_id = upload.batch_id
    ) AS counts
FROM staging.upload
WHERE actor = %(actor)s AND (%(upload_id)s::uuid IS NULL OR upload_id = %(upload_id)s)
ORDER BY received_at DESC
LIMIT %(limit)s

-- name: is_running
-- Whoever imports holds this lock on a session of its own; when its process dies, so does the lock.
EXISTS (
    SELECT FROM pg_catalog.pg_locks AS k
    WHERE
        k.locktype = 'advisory' AND k.objsubid = 2 AND k.classid = $lock
        AND k.objid::bigint::int8 = (hashtext(upload_id::text)::int8 & 4294967295)
        AND k.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
)
