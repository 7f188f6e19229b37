-- Legal changes: their record, what they are credited with, and lineage.

-- name: insert
INSERT INTO registry.transaction (
    kind, change_code, commune_id, state, source_id, actor, approver, reason, valid_from, decided_at, due_on,
    idempotency_key, request_index, details
)
VALUES (
    %(kind)s, %(change_code)s, %(commune_id)s, %(state)s, %(source_id)s, %(actor)s, %(approver)s, %(reason)s,
    %(valid_from)s, CASE WHEN %(state)s IN ('APPROVED', 'REJECTED') THEN clock_timestamp() END, %(due_on)s,
    %(idempotency_key)s, %(request_index)s, %(details)s
)
RETURNING transaction_id

-- name: amend
UPDATE registry.transaction
SET
    valid_from = %(valid_from)s, reason = %(reason)s, source_id = %(source_id)s, details = details || %(details)s
WHERE transaction_id = %(transaction_id)s

-- name: credit
-- From here to `credit_nobody`, the versions that are made or ended belong to this transaction, and what is deleted
-- ends in law on its date.
SELECT
    set_config('landdb.transaction_id', %(transaction_id)s::text, true),
    set_config('landdb.legal_date', %(valid_from)s::date::text, true)

-- name: credit_nobody
SELECT set_config('landdb.transaction_id', '', true), set_config('landdb.legal_date', '', true)

-- name: note_redrawn_parcels
INSERT INTO registry.transaction_parcel (parcel_id, transaction_id)
SELECT DISTINCT n.object_id, n.transaction_id
FROM registry.transaction_change AS n
WHERE n.transaction_id = %(transaction_id)s AND n.noun = 'parcel'
ON CONFLICT DO NOTHING

-- name: add_details
UPDATE registry.transaction SET details = details || %(details)s WHERE transaction_id = %(transaction_id)s

-- name: add_lineage
INSERT INTO cadastre.parcel_lineage (parent_id, child_id, transaction_id, kind)
SELECT e.parent_id, e.child_id, t.transaction_id, t.kind
FROM unnest(%(parents)s::bigint[], %(children)s::bigint[]) AS e (parent_id, child_id)
CROSS JOIN registry.transaction AS t
WHERE t.transaction_id = %(transaction_id)s

-- name: find_by_key
SELECT request_index, details -> 'outcome' FROM registry.transaction WHERE idempotency_key = %(idempotency_key)s
