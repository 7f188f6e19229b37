-- Accountable access: what is granted, the record before the answer, and who may read the record.

-- name: take_turn
-- Questions of one asker are counted one after the other; then those of one organisation.
SELECT pg_advisory_xact_lock(7302041, hashtext(asker.name))
FROM unnest(ARRAY[%(actor)s, %(actor_org)s]::text []) WITH ORDINALITY AS asker (name, place)
WHERE asker.name IS NOT NULL
ORDER BY asker.place

-- name: quotas
-- For the person and for the organisation: what is granted, what is used, and when a used-up grant frees again.
WITH
asking (scope, name) AS (
    VALUES ('person', %(actor)s::text), ('organisation', %(actor_org)s::text)
),

granted AS (
    SELECT DISTINCT ON (a.scope) a.scope, a.name, q.per_hour, q.per_day
    FROM asking AS a
    INNER JOIN audit.quota AS q
        ON a.scope = q.scope AND q.name IN (a.name, 'role:' || %(actor_role)s::text, '*')
    WHERE a.name IS NOT NULL
    ORDER BY a.scope, q.name = a.name DESC, q.name <> '*' DESC
)

SELECT
    g.scope,
    g.per_hour,
    g.per_day,
    used.within_hour AS used_hour,
    used.within_day AS used_day,
    CASE
        WHEN g.per_hour = 0 THEN now() + interval '1 day'
        WHEN used.within_day >= g.per_day THEN used.oldest + interval '1 day'
        WHEN used.within_hour >= g.per_hour THEN used.newest_first[g.per_hour] + interval '1 hour'
    END AS frees_at
FROM granted AS g
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE recent.at > now() - interval '1 hour') AS within_hour,
        count(*) AS within_day,
        min(recent.at) AS oldest,
        array_agg(recent.at ORDER BY recent.at DESC) AS newest_first
    FROM (
        (
            SELECT a.at
            FROM audit.access AS a
            WHERE g.scope = 'person' AND a.actor = g.name AND a.at > now() - interval '1 day'
            ORDER BY a.at DESC
            LIMIT g.per_day
        )
        UNION ALL
        (
            SELECT a.at
            FROM audit.access AS a
            WHERE g.scope = 'organisation' AND a.actor_org = g.name AND a.at > now() - interval '1 day'
            ORDER BY a.at DESC
            LIMIT g.per_day
        )
    ) AS recent
) AS used
ORDER BY g.scope DESC

-- name: record_access
INSERT INTO audit.access (
    actor, actor_org, actor_role, request_id, question, subject_index, party_id, purpose, case_ref, legal_basis,
    fields, communes
)
VALUES (
    %(actor)s,
    %(actor_org)s,
    %(actor_role)s,
    %(request_id)s,
    %(question)s,
    coalesce(%(subject_index)s, audit.subject_of(%(party_id)s)),
    %(party_id)s,
    %(purpose)s,
    %(case_ref)s,
    %(legal_basis)s,
    %(fields)s,
    %(communes)s
)
RETURNING ticket, access_id

-- name: record_accesses
INSERT INTO audit.access (actor, actor_org, actor_role, request_id, question, subject_index, purpose, case_ref)
SELECT
    %(actor)s,
    %(actor_org)s,
    %(actor_role)s,
    %(request_id)s,
    %(question)s,
    asked.subject_index,
    asked.purpose,
    asked.case_ref
FROM unnest(%(subject_indexes)s::bytea [], %(purposes)s::text [], %(case_refs)s::text []) AS asked (
    subject_index, purpose, case_ref
)

-- name: reveal
SELECT
    party_id,
    party_kind,
    party_key,
    key_id,
    name,
    citizen_id,
    birth,
    residence,
    tax_code
FROM party.reveal(%(ticket)s)

-- name: unsealed_age_s
SELECT coalesce(extract(EPOCH FROM clock_timestamp() - min(u.since)), 0)::float AS age_s
FROM audit.unsealed AS u

-- name: list_access
-- Newest first by identity, which only grows: no index on time is needed for the latest.
SELECT
    a.access_id,
    a.at,
    a.actor,
    a.actor_org,
    a.actor_role,
    a.question,
    a.fields,
    a.purpose,
    a.case_ref,
    a.request_id,
    c.ticket IS NOT NULL AS revealed
FROM audit.access AS a
LEFT JOIN audit.consumed AS c ON a.ticket = c.ticket
WHERE
    (%(actor)s::text IS NULL OR a.actor = %(actor)s)
    AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s)
ORDER BY a.access_id DESC
LIMIT %(limit)s

-- name: accesses_about
-- What a citizen is told of who looked: newest first, by office and never by clerk, without what is under embargo.
SELECT a.access_id, a.at, a.actor_org, a.actor_role, a.question, a.fields, a.purpose, a.case_ref, a.legal_basis
FROM audit.access AS a
LEFT JOIN LATERAL (
    SELECT e.until
    FROM audit.embargo AS e
    WHERE e.case_ref = a.case_ref
    ORDER BY e.embargo_id DESC
    LIMIT 1
) AS embargo ON true
WHERE
    a.subject_index = %(subject_index)s
    AND (%(after)s = 0 OR a.access_id < %(after)s)
    AND (embargo.until IS NULL OR embargo.until <= clock_timestamp())
ORDER BY a.access_id DESC
LIMIT %(limit)s

-- name: add_embargo
INSERT INTO audit.embargo (case_ref, until, decision, access_id)
VALUES (%(case_ref)s, %(until)s, %(decision)s, %(access_id)s)

-- name: list_embargoes
SELECT DISTINCT ON (e.case_ref) e.case_ref, e.until, e.decision, a.actor AS set_by, a.at AS set_at
FROM audit.embargo AS e
INNER JOIN audit.access AS a ON e.access_id = a.access_id
ORDER BY e.case_ref ASC, e.embargo_id DESC

-- name: set_quota
INSERT INTO audit.quota (scope, name, per_hour, per_day)
VALUES (%(scope)s, %(name)s, %(per_hour)s, %(per_day)s)
ON CONFLICT (scope, name) DO UPDATE SET per_hour = excluded.per_hour, per_day = excluded.per_day

-- name: list_quotas
SELECT q.scope, q.name, q.per_hour, q.per_day
FROM audit.quota AS q
ORDER BY q.scope DESC, q.name DESC
