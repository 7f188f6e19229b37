-- Four eyes and deadlines.

-- name: needs_second
-- The most exact rule counts: commune and kind, then kind, then commune, then the rule for all.
SELECT needs_second
FROM registry.approval_rule
WHERE (commune_id = %(commune_id)s OR commune_id IS NULL) AND (kind = %(kind)s OR kind IS NULL)
ORDER BY kind IS NULL, commune_id IS NULL
LIMIT 1

-- name: set_rule
INSERT INTO registry.approval_rule (commune_id, kind, needs_second)
VALUES (%(commune_id)s, %(kind)s, %(needs_second)s)
ON CONFLICT (commune_id, kind) DO UPDATE SET needs_second = excluded.needs_second

-- name: list_rules
SELECT c.commune_code, r.kind, r.needs_second
FROM registry.approval_rule AS r
LEFT JOIN admin.commune AS c ON r.commune_id = c.commune_id
ORDER BY r.commune_id NULLS FIRST, r.kind NULLS FIRST

-- name: keep_request
UPDATE registry.transaction SET request_enc = %(request_enc)s WHERE transaction_id = %(transaction_id)s

-- name: get_waiting
SELECT transaction_id, kind, commune_id, state, actor, valid_from, due_on, request_enc
FROM registry.transaction
WHERE transaction_id = %(transaction_id)s

-- name: lock_waiting
SELECT transaction_id, kind, commune_id, state, actor, valid_from, due_on, request_enc
FROM registry.transaction
WHERE transaction_id = %(transaction_id)s
FOR UPDATE

-- name: decide
UPDATE registry.transaction
SET
    state = %(state)s,
    approver = coalesce(%(approver)s, approver),
    decided_at = CASE WHEN %(state)s IN ('APPROVED', 'REJECTED') THEN clock_timestamp() END,
    request_enc = CASE WHEN %(state)s NOT IN ('APPROVED', 'REJECTED') THEN request_enc END,
    details = details || jsonb_strip_nulls(jsonb_build_object('decision_note', %(note)s::text))
WHERE transaction_id = %(transaction_id)s

-- name: list_due
SELECT
    t.transaction_id, t.kind, t.state, t.actor, t.recorded_at, t.due_on, t.due_on < %(on)s::date AS is_overdue,
    t.due_on - %(on)s::date AS days_left
FROM registry.transaction AS t
INNER JOIN admin.commune AS c ON t.commune_id = c.commune_id
WHERE
    c.commune_code = %(commune_code)s AND t.state IN ('DRAFT', 'SUBMITTED', 'NEEDS_SUPPLEMENT')
    AND t.due_on <= %(until)s::date
ORDER BY t.due_on, t.transaction_id
