-- The change feed. An event is written by the transaction of its change; it is read in the order (xid, seq), and only
-- up to the oldest database transaction that still runs: what commits later sorts later, so nothing is overtaken.

-- name: announce_transaction
INSERT INTO feed.event (commune_ids, content)
SELECT
    ARRAY(
        SELECT t.commune_id
        UNION
        SELECT p.commune_id
        FROM registry.transaction_parcel AS tp
        INNER JOIN cadastre.parcel AS p ON tp.parcel_id = p.parcel_id
        WHERE tp.transaction_id = t.transaction_id
    ),
    jsonb_build_object(
        'specversion', '1.0',
        'id', 'transaction-' || t.transaction_id,
        'source', 'urn:landdb:' || (SELECT epoch FROM feed.epoch),
        'type', 'vn.landdb.transaction.approved',
        'subject', 'transactions/' || t.transaction_id,
        'time', to_char(admin.recording_moment() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'datacontenttype', 'application/json',
        'data', jsonb_build_object(
            'transaction_id', t.transaction_id,
            'kind', t.kind,
            'change_code', t.change_code,
            'commune_code', (SELECT c.commune_code FROM admin.commune AS c WHERE c.commune_id = t.commune_id),
            'valid_from', t.valid_from,
            'parcels', (
                SELECT coalesce(jsonb_agg(tp.parcel_id ORDER BY tp.parcel_id), '[]')
                FROM registry.transaction_parcel AS tp WHERE tp.transaction_id = t.transaction_id
            ),
            'lineage', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(l.parent_id, l.child_id) ORDER BY l.child_id, l.parent_id), '[]')
                FROM cadastre.parcel_lineage AS l WHERE l.transaction_id = t.transaction_id
            ),
            'changes', changes.told
        )
    )
FROM registry.transaction AS t
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(
        jsonb_build_object(
            'noun', o.noun, 'id', o.object_id, 'version', o.version, 'action', o.action, 'fields', o.fields
        )
        ORDER BY o.noun, o.object_id
    ), '[]') AS told
    FROM (
        SELECT
            n.noun, n.object_id, max(n.version) AS version,
            CASE
                WHEN bool_or(n.action = 'ended') THEN 'ended'
                WHEN bool_or(n.action = 'created') THEN 'created'
                ELSE 'changed'
            END AS action,
            array_agg(DISTINCT f.name ORDER BY f.name) FILTER (WHERE f.name IS NOT NULL) AS fields
        FROM registry.transaction_change AS n
        LEFT JOIN LATERAL unnest(n.fields) AS f (name) ON true
        WHERE n.transaction_id = t.transaction_id
        GROUP BY n.noun, n.object_id
        HAVING NOT (bool_or(n.action = 'ended') AND bool_or(n.action = 'created'))
    ) AS o
) AS changes
WHERE t.transaction_id = %(transaction_id)s

-- name: announce_batch
-- A delivered file changes too much to be told row by row: who keeps a copy reads these communes again.
INSERT INTO feed.event (commune_ids, content)
SELECT
    ARRAY(SELECT c.commune_id FROM admin.commune AS c WHERE c.commune_code = ANY(%(commune_codes)s::text[])),
    jsonb_build_object(
        'specversion', '1.0',
        'id', 'batch-' || b.batch_id,
        'source', 'urn:landdb:' || (SELECT epoch FROM feed.epoch),
        'type', 'vn.landdb.batch.promoted',
        'subject', 'batches/' || b.batch_id,
        'time', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'datacontenttype', 'application/json',
        'data', jsonb_build_object('batch_id', b.batch_id, 'communes', to_jsonb(%(commune_codes)s::text[]))
    )
FROM staging.import_batch AS b
WHERE b.batch_id = %(batch_id)s

-- name: list_events
SELECT e.xid, e.seq, e.content
FROM feed.event AS e
WHERE
    (e.xid, e.seq) > (%(xid)s, %(seq)s)
    AND e.xid < %(horizon)s
    AND (
        %(communes)s::text[] IS NULL
        OR e.commune_ids && ARRAY(
            SELECT c.commune_id FROM admin.commune AS c WHERE c.commune_code = ANY(%(communes)s::text[])
        )
    )
ORDER BY e.xid, e.seq
LIMIT %(limit)s

-- name: position
-- The epoch, and the oldest database transaction that still runs, numbered as events are.
SELECT epoch::text, pg_snapshot_xmin(pg_current_snapshot())::text::bigint + xid_offset FROM feed.epoch

-- name: stop_writers
-- Until the end of this transaction nobody takes a place in the feed.
LOCK TABLE feed.event IN EXCLUSIVE MODE

-- name: restart
-- Whatever number this server gives its transactions from now on, its events stand after all that are there, and after
-- all that a subscriber had before the restore.
UPDATE feed.epoch
SET
    epoch = gen_random_uuid(),
    since = now(),
    xid_offset = 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint + greatest(
        (SELECT max(e.xid) FROM feed.event AS e), (SELECT max(w.after_xid) FROM feed.webhook AS w), 0
    )
RETURNING epoch::text

-- name: add_webhook
INSERT INTO feed.webhook (url, secret_enc, commune_codes, after_xid, after_seq)
VALUES (%(url)s, %(secret_enc)s, %(commune_codes)s, %(xid)s, %(seq)s)
RETURNING webhook_id

-- name: set_secret
UPDATE feed.webhook SET secret_enc = %(secret_enc)s WHERE webhook_id = %(webhook_id)s

-- name: list_webhooks
SELECT webhook_id, url, commune_codes, failures, next_attempt_at, last_fault, created_at
FROM feed.webhook
ORDER BY webhook_id

-- name: remove_webhook
DELETE FROM feed.webhook WHERE webhook_id = %(webhook_id)s RETURNING webhook_id

-- name: take_due_webhook
-- One sender per subscriber: the row stays locked until its batch is confirmed or has failed.
SELECT webhook_id, url, secret_enc, commune_codes, after_xid, after_seq, failures
FROM feed.webhook
WHERE next_attempt_at <= now() AND webhook_id > %(after_id)s
ORDER BY webhook_id
LIMIT 1
FOR UPDATE SKIP LOCKED

-- name: confirm_webhook
UPDATE feed.webhook
SET after_xid = %(xid)s, after_seq = %(seq)s, failures = 0, last_fault = NULL, next_attempt_at = now()
WHERE webhook_id = %(webhook_id)s

-- name: fail_webhook
UPDATE feed.webhook
SET failures = failures + 1, last_fault = %(fault)s, next_attempt_at = now() + %(wait)s
WHERE webhook_id = %(webhook_id)s
