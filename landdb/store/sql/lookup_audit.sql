-- Accountable access: the record before the answer.

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
