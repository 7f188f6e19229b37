-- Runs over many communes.

-- name: begin
WITH given_up AS (
    UPDATE quality.sweep SET finished_at = now() WHERE finished_at IS NULL
)

INSERT INTO quality.sweep (commune_ids, rules)
VALUES (%(commune_ids)s::int[], %(rules)s::text[])
RETURNING sweep_id;

-- name: unfinished
SELECT w.sweep_id, w.commune_ids, w.rules
FROM quality.sweep AS w
WHERE w.finished_at IS NULL
ORDER BY w.sweep_id DESC
LIMIT 1;

-- name: done
SELECT d.commune_id FROM quality.sweep_commune AS d WHERE d.sweep_id = %(sweep_id)s ORDER BY d.commune_id;

-- name: note_done
INSERT INTO quality.sweep_commune (sweep_id, commune_id) VALUES (%(sweep_id)s, %(commune_id)s) ON CONFLICT DO NOTHING;

-- name: finish
UPDATE quality.sweep SET finished_at = now() WHERE sweep_id = %(sweep_id)s;

-- name: mark
-- Transaction ids of rows have 32 bits.
SELECT
    coalesce((SELECT max(r.run_id) FROM quality.rule_run AS r), 0) AS run_id,
    coalesce((SELECT max(b.batch_id) FROM staging.import_batch AS b), 0) AS batch_id,
    (pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295) AS oldest_open;

-- name: changed_since
-- A row that was written by a transaction still open at the mark may have a lower number than the mark's.
SELECT
    EXISTS (
        SELECT 1
        FROM quality.rule_run AS r
        INNER JOIN quality.run_commune AS c ON r.run_id = c.run_id
        WHERE
            c.commune_id = ANY(%(commune_ids)s::int[])
            AND NOT r.is_whole
            AND r.run_id > %(run_id)s - 1000
            AND (r.run_id > %(run_id)s OR r.xmin::text::bigint >= %(oldest_open)s)
    )
    OR EXISTS (
        SELECT 1
        FROM staging.import_batch AS b
        WHERE
            b.batch_id > %(batch_id)s - 1000
            AND (b.batch_id > %(batch_id)s OR b.xmin::text::bigint >= %(oldest_open)s)
    );
