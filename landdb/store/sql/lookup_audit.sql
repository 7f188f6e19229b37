-- Accountable access: the record before the answer, and the tokens that say who asks.

-- name: record_access
INSERT INTO audit.access (
    actor, actor_org, actor_role, request_id, question, subject_index, party_id, purpose, case_ref
)
VALUES (
    %(actor)s,
    %(actor_org)s,
    %(actor_role)s,
    %(request_id)s,
    %(question)s,
    %(subject_index)s,
    %(party_id)s,
    %(purpose)s,
    %(case_ref)s
)
RETURNING ticket

-- name: list_access
-- Newest first by identity, which only grows: no index on time is needed for the latest.
SELECT a.at, a.actor, a.actor_org, a.actor_role, a.question, a.purpose, a.case_ref, a.request_id
FROM audit.access AS a
WHERE
    (%(actor)s::text IS NULL OR a.actor = %(actor)s)
    AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s)
ORDER BY a.access_id DESC
LIMIT %(limit)s

-- name: issue_token
INSERT INTO access.api_token (token_hash, actor, actor_org, role, commune_codes, expires_at)
VALUES (%(token_hash)s, %(actor)s, %(actor_org)s, %(role)s, %(commune_codes)s, now() + %(lifetime)s)

-- name: verify_token
SELECT t.token_id, t.actor, t.actor_org, t.role, t.commune_codes
FROM access.api_token AS t
WHERE t.token_hash = %(token_hash)s AND t.revoked_at IS NULL AND now() < t.expires_at

-- name: list_tokens
SELECT t.token_id, t.actor, t.actor_org, t.role, t.commune_codes, t.issued_at, t.expires_at
FROM access.api_token AS t
WHERE t.revoked_at IS NULL AND now() < t.expires_at
ORDER BY t.token_id

-- name: revoke_token
UPDATE access.api_token SET revoked_at = now() WHERE token_id = %(token_id)s AND revoked_at IS NULL
RETURNING token_id
