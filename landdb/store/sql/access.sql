-- Who may ask: accounts and clients of our own, mandates of anybody, agreements, sessions.

-- name: add_account
INSERT INTO access.account (name, password_hash)
VALUES (%(name)s, %(password_hash)s)
ON CONFLICT (name) DO NOTHING
RETURNING account_id

-- name: account
SELECT a.account_id, a.name, a.password_hash, a.totp_enc, a.totp_step, a.is_locked
FROM access.account AS a
WHERE a.name = %(name)s

-- name: list_accounts
SELECT
    a.name,
    m.role,
    m.actor,
    m.actor_org,
    m.commune_codes,
    a.totp_enc IS NOT NULL AS has_totp,
    a.is_locked,
    m.expires_at,
    (SELECT max(s.seen_at) FROM access.session AS s WHERE s.account_id = a.account_id) AS last_seen_at
FROM access.account AS a
LEFT JOIN access.mandate AS m ON a.account_id = m.account_id AND m.revoked_at IS NULL
ORDER BY a.name

-- name: set_password
-- Whoever changes a password wants others out: sessions end, and tokens issued before are not believed any more.
WITH changed AS (
    UPDATE access.account
    SET password_hash = %(password_hash)s, password_changed_at = clock_timestamp()
    WHERE name = %(name)s
    RETURNING account_id
),
ended AS (
    UPDATE access.session SET ended_at = clock_timestamp()
    WHERE account_id IN (SELECT c.account_id FROM changed AS c) AND ended_at IS NULL
)
SELECT c.account_id FROM changed AS c

-- name: set_locked
WITH changed AS (
    UPDATE access.account SET is_locked = %(is_locked)s WHERE name = %(name)s RETURNING account_id
),
ended AS (
    UPDATE access.session SET ended_at = clock_timestamp()
    WHERE %(is_locked)s AND account_id IN (SELECT c.account_id FROM changed AS c) AND ended_at IS NULL
)
SELECT c.account_id FROM changed AS c

-- name: set_totp
UPDATE access.account SET totp_enc = %(totp_enc)s, totp_step = NULL WHERE name = %(name)s RETURNING account_id

-- name: use_totp_step
-- A code works once, also when it is shown twice at the same moment.
UPDATE access.account SET totp_step = %(step)s
WHERE account_id = %(account_id)s AND (totp_step IS NULL OR totp_step < %(step)s)
RETURNING account_id

-- name: try_sign_in
-- Counted before the password is looked at, so that many guesses at once are not one. After five failures each
-- further one blocks twice as long, from half a minute to a quarter of an hour; a day of peace forgets all.
INSERT INTO access.failed_sign_in AS f (name_hash, failures, last_at)
VALUES (%(name_hash)s, 1, clock_timestamp())
ON CONFLICT (name_hash) DO UPDATE SET
failures = CASE WHEN f.last_at < clock_timestamp() - interval '1 day' THEN 1 ELSE f.failures + 1 END,
last_at = clock_timestamp(),
blocked_until = CASE
    WHEN f.last_at >= clock_timestamp() - interval '1 day' AND f.failures + 1 >= 5
        THEN clock_timestamp() + least(interval '30 seconds' * 2 ^ least(f.failures - 4, 10), interval '15 minutes')
END
WHERE f.blocked_until IS NULL OR f.blocked_until <= clock_timestamp()
RETURNING f.failures

-- name: blocked_for
SELECT ceil(extract(EPOCH FROM f.blocked_until - clock_timestamp()))::int AS seconds
FROM access.failed_sign_in AS f
WHERE f.name_hash = %(name_hash)s AND f.blocked_until > clock_timestamp()

-- name: forget_failures
DELETE FROM access.failed_sign_in
WHERE name_hash = %(name_hash)s OR last_at < clock_timestamp() - interval '2 days'

-- name: start_session
WITH cleared AS (
    DELETE FROM access.session WHERE expires_at < now() - interval '30 days'
)
INSERT INTO access.session (token_hash, issuer, subject, account_id, citizen_id_index, expires_at)
VALUES (
    %(token_hash)s,
    %(issuer)s,
    %(subject)s,
    (SELECT a.account_id FROM access.account AS a WHERE a.name = %(account)s),
    %(citizen_id_index)s,
    now() + %(lifetime)s
)
RETURNING expires_at

-- name: touch_session
-- One statement tells whether a session still holds and keeps it awake.
UPDATE access.session AS s SET seen_at = clock_timestamp()
WHERE
    s.token_hash = %(token_hash)s
    AND NOT EXISTS (SELECT FROM access.account AS a WHERE a.account_id = s.account_id AND a.is_locked)
    AND s.ended_at IS NULL
    AND clock_timestamp() < s.expires_at
    AND s.seen_at > clock_timestamp() - %(idle)s
RETURNING
    s.issuer,
    s.subject,
    s.citizen_id_index,
    extract(EPOCH FROM s.started_at)::float8 AS started_at,
    extract(EPOCH FROM s.expires_at)::float8 AS expires_at

-- name: end_session
UPDATE access.session SET ended_at = clock_timestamp() WHERE token_hash = %(token_hash)s AND ended_at IS NULL
RETURNING session_id

-- name: add_client
INSERT INTO access.client (client_id, secret_hash, public_key, expires_at)
VALUES (%(client_id)s, %(secret_hash)s, %(public_key)s, now() + %(lifetime)s)
ON CONFLICT (client_id) DO NOTHING
RETURNING client_id

-- name: client
SELECT c.client_id, c.secret_hash, c.public_key
FROM access.client AS c
WHERE c.client_id = %(client_id)s AND c.revoked_at IS NULL AND now() < c.expires_at

-- name: list_clients
SELECT
    c.client_id,
    m.role,
    m.actor,
    m.actor_org,
    m.commune_codes,
    g.code AS agreement,
    CASE WHEN c.public_key IS NULL THEN 'secret' ELSE 'key' END AS credential,
    c.expires_at
FROM access.client AS c
LEFT JOIN access.mandate AS m ON c.client_id = m.client_id AND m.revoked_at IS NULL
LEFT JOIN access.agreement AS g ON m.agreement_id = g.agreement_id
WHERE c.revoked_at IS NULL AND now() < c.expires_at
ORDER BY c.client_id

-- name: revoke_client
UPDATE access.client SET revoked_at = clock_timestamp() WHERE client_id = %(client_id)s AND revoked_at IS NULL
RETURNING client_id

-- name: use_assertion
WITH cleared AS (
    DELETE FROM access.used_assertion WHERE expires_at < now() - interval '5 minutes'
)
INSERT INTO access.used_assertion (jti_hash, expires_at)
VALUES (%(jti_hash)s, to_timestamp(%(expires_at)s))
ON CONFLICT DO NOTHING
RETURNING jti_hash

-- name: grant_mandate
INSERT INTO access.mandate (
    issuer, subject, account_id, client_id, role, actor, actor_org, commune_codes, agreement_id, citizen_id_index,
    granted_by, expires_at
)
VALUES (
    %(issuer)s,
    %(subject)s,
    (SELECT a.account_id FROM access.account AS a WHERE a.name = %(account)s),
    %(client_id)s,
    %(role)s,
    %(actor)s,
    %(actor_org)s,
    %(commune_codes)s,
    %(agreement_id)s,
    %(citizen_id_index)s,
    %(granted_by)s,
    now() + %(lifetime)s
)
RETURNING mandate_id

-- name: revoke_mandate
UPDATE access.mandate SET revoked_at = clock_timestamp(), revoked_by = %(revoked_by)s
WHERE issuer = %(issuer)s AND subject = %(subject)s AND revoked_at IS NULL
RETURNING mandate_id

-- name: list_mandates
SELECT
    m.mandate_id, m.issuer, m.subject, m.role, m.actor, m.actor_org, m.commune_codes, g.code AS agreement,
    m.granted_by, m.granted_at, m.expires_at, m.revoked_at, m.revoked_by
FROM access.mandate AS m
LEFT JOIN access.agreement AS g ON m.agreement_id = g.agreement_id
WHERE %(with_ended)s OR (m.revoked_at IS NULL AND (m.expires_at IS NULL OR now() < m.expires_at))
ORDER BY m.mandate_id

-- name: standing
-- What a subject may do now; no row: nothing.
SELECT
    m.mandate_id,
    m.role,
    m.actor,
    m.actor_org,
    m.commune_codes,
    m.citizen_id_index,
    extract(EPOCH FROM m.expires_at)::float8 AS until,
    extract(EPOCH FROM a.password_changed_at)::float8 AS since,
    g.code,
    g.organisation,
    g.fields,
    g.commune_codes AS agreed_communes,
    g.purposes,
    g.legal_basis
FROM access.mandate AS m
LEFT JOIN access.account AS a ON m.account_id = a.account_id
LEFT JOIN access.client AS c ON m.client_id = c.client_id
LEFT JOIN access.agreement AS g ON m.agreement_id = g.agreement_id
WHERE
    m.issuer = %(issuer)s
    AND m.subject = %(subject)s
    AND m.revoked_at IS NULL
    AND (m.expires_at IS NULL OR now() < m.expires_at)
    AND (a.account_id IS NULL OR NOT a.is_locked)
    AND (c.client_id IS NULL OR (c.revoked_at IS NULL AND now() < c.expires_at))
    AND (
        g.agreement_id IS NULL
        OR (g.ended_at IS NULL AND %(today)s::date BETWEEN g.valid_from AND g.valid_until)
    )

-- name: revision
SELECT r.revision FROM access.revision AS r

-- name: add_agreement
INSERT INTO access.agreement (code, organisation, fields, commune_codes, purposes, legal_basis, valid_from, valid_until)
VALUES (
    %(code)s, %(organisation)s, %(fields)s, %(commune_codes)s, %(purposes)s, %(legal_basis)s, %(valid_from)s,
    %(valid_until)s
)
ON CONFLICT (code) DO NOTHING
RETURNING agreement_id

-- name: agreement
SELECT g.agreement_id, g.organisation
FROM access.agreement AS g
WHERE g.code = %(code)s AND g.ended_at IS NULL AND %(today)s::date <= g.valid_until

-- name: list_agreements
SELECT
    g.code, g.organisation, g.fields, g.commune_codes, g.purposes, g.legal_basis, g.valid_from, g.valid_until, g.ended_at
FROM access.agreement AS g
WHERE %(with_ended)s OR (g.ended_at IS NULL AND %(today)s::date <= g.valid_until)
ORDER BY g.code

-- name: end_agreement
UPDATE access.agreement SET ended_at = clock_timestamp() WHERE code = %(code)s AND ended_at IS NULL
RETURNING agreement_id

-- name: note_context_key
INSERT INTO access.context_key (key_id, inner_key, outer_key)
VALUES (%(key_id)s, %(inner_key)s, %(outer_key)s)
ON CONFLICT (key_id) DO NOTHING

-- name: enter_context
-- For the whole session: whoever takes the connection next enters a context of its own first.
SELECT set_config('landdb.context', %(context)s, false), set_config('landdb.context_mac', %(mac)s, false)
