-- How good a commune's data are: its last stored score, and the scores before it.

-- name: quality
-- `components` names what each point stands for; the numbers are those that the score can be computed from again.
SELECT json_build_object(
    'code', c.commune_code,
    'name', c.name,
    'kind', c.kind,
    'scored_on', s.scored_on,
    'scored_at', s.scored_at,
    'formula', s.formula,
    'score', s.score,
    'components', coalesce(s.components, '[]'::jsonb),
    'numbers', s.numbers,
    'scheme', g.scheme,
    'standing_on', g.scored_on,
    'standing', g.standing,
    'trend', (
        SELECT coalesce(json_agg(json_build_object(
            'day', t.scored_on,
            'score', t.score,
            'formula', t.formula,
            'errors', t.errors,
            'warnings', t.warnings,
            'groups', t.standing -> 'groups'
        ) ORDER BY t.scored_on), '[]'::json)
        FROM (
            SELECT
                q.scored_on, q.score, q.formula, q.standing,
                (
                    SELECT coalesce(sum((f.value ->> 'error')::int), 0)::int
                    FROM jsonb_each(q.numbers -> 'findings') AS f
                ) AS errors,
                (
                    SELECT coalesce(sum((f.value ->> 'warning')::int), 0)::int
                    FROM jsonb_each(q.numbers -> 'findings') AS f
                ) AS warnings
            FROM quality.score AS q
            WHERE q.commune_id = c.commune_id
            ORDER BY q.scored_on DESC
            LIMIT %(days)s
        ) AS t
    )
) AS answer
FROM admin.commune AS c
LEFT JOIN LATERAL (
    SELECT q.scored_on, q.scored_at, q.formula, q.score, q.components, q.numbers
    FROM quality.score AS q
    WHERE q.commune_id = c.commune_id
    ORDER BY q.scored_on DESC
    LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT q.scored_on, q.scheme, q.standing
    FROM quality.score AS q
    WHERE q.commune_id = c.commune_id AND q.standing IS NOT NULL
    ORDER BY q.scored_on DESC
    LIMIT 1
) AS g ON true
WHERE c.commune_code = %(commune_code)s AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
