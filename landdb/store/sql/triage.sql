-- What a person decides about findings: each decision changes the finding and leaves an event that stays.

-- name: lock
-- The findings meant, as they stand, held until the decision is done.
SELECT
    f.finding_id,
    CASE WHEN f.state = 'accepted' AND f.accepted_until < %(today)s::date THEN 'open' ELSE f.state END AS state,
    c.commune_code,
    o.commune_code AS other_commune_code
FROM quality.finding AS f
INNER JOIN admin.commune AS c ON f.commune_id = c.commune_id
LEFT JOIN admin.commune AS o ON f.other_commune_id = o.commune_id
WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
ORDER BY f.finding_id
FOR UPDATE OF f;

-- name: accept
-- A new waiver takes the place of an earlier one, and remembers how large the fault was.
WITH before AS (
    SELECT f.* FROM quality.finding AS f WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
),

replaced AS (
    UPDATE quality.waiver AS w
    SET revoked_at = now(), revoked_by = %(actor)s
    WHERE w.finding_id = ANY(%(finding_ids)s::bigint[]) AND w.revoked_at IS NULL
),

given AS (
    INSERT INTO quality.waiver (finding_id, actor, reason, ends_on, measure, area_m2, width_m, growth_margin)
    SELECT b.finding_id, %(actor)s, %(reason)s, %(ends_on)s, b.measure, b.area_m2, b.width_m, %(growth_margin)s
    FROM before AS b
),

changed AS (
    UPDATE quality.finding AS f
    SET state = 'accepted', accepted_until = %(ends_on)s, changed_at = now()
    FROM before AS b
    WHERE f.finding_id = b.finding_id
)

INSERT INTO quality.finding_event (finding_id, actor, kind, note, from_state, to_state)
SELECT b.finding_id, %(actor)s, 'accepted', %(reason)s, b.state, 'accepted'
FROM before AS b;

-- name: revoke
WITH revoked AS (
    UPDATE quality.waiver AS w
    SET revoked_at = now(), revoked_by = %(actor)s
    WHERE w.finding_id = ANY(%(finding_ids)s::bigint[]) AND w.revoked_at IS NULL
),

changed AS (
    UPDATE quality.finding AS f
    SET state = 'open', accepted_until = NULL, changed_at = now()
    WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
    RETURNING f.finding_id
)

INSERT INTO quality.finding_event (finding_id, actor, kind, note, from_state, to_state)
SELECT c.finding_id, %(actor)s, 'revoked', %(note)s, 'accepted', 'open'
FROM changed AS c;

-- name: assign
WITH changed AS (
    UPDATE quality.finding AS f
    SET
        assigned_to = %(assigned_to)s::text,
        assigned_at = CASE WHEN %(assigned_to)s::text IS NOT NULL THEN now() END
    WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
    RETURNING f.finding_id
)

INSERT INTO quality.finding_event (finding_id, actor, kind, note)
SELECT c.finding_id, %(actor)s, 'assigned', %(assigned_to)s
FROM changed AS c;

-- name: comment
INSERT INTO quality.finding_event (finding_id, actor, kind, note)
SELECT f.finding_id, %(actor)s, 'commented', %(note)s
FROM quality.finding AS f
WHERE f.finding_id = ANY(%(finding_ids)s::bigint[]);
