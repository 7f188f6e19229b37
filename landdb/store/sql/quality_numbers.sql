-- The numbers of which a quality score is made: open findings, and the parcels and ground that they are divided by.

-- name: is_open
-- A waiver that ended yesterday does not hold today, whether or not a run has noticed.
(f.state IN ('open', 'regressed') OR (f.state = 'accepted' AND f.accepted_until < %(today)s::date))

-- name: ground
SELECT
    c.commune_id,
    coalesce(p.parcels, 0)::int AS parcels,
    round((coalesce(p.area_m2, 0) + coalesce(o.area_m2, 0))::numeric, 2)::float8 AS ground_m2
FROM unnest(%(communes)s::int[]) AS c (commune_id)
LEFT JOIN (
    SELECT q.commune_id, count(*) AS parcels, sum(q.computed_area_m2) AS area_m2
    FROM cadastre.parcel AS q
    WHERE q.commune_id = ANY(%(communes)s::int[])
    GROUP BY q.commune_id
) AS p ON c.commune_id = p.commune_id
LEFT JOIN (
    SELECT q.commune_id, sum(q.computed_area_m2) AS area_m2
    FROM cadastre.land_object AS q
    WHERE q.commune_id = ANY(%(communes)s::int[])
    GROUP BY q.commune_id
) AS o ON c.commune_id = o.commune_id;

-- name: findings
-- A finding across a border counts for both communes.
SELECT
    c.commune_id,
    f.rule_id,
    f.severity,
    count(*)::int AS findings,
    round(coalesce(sum(f.area_m2), 0)::numeric, 4)::float8 AS area_m2
FROM quality.finding AS f
CROSS JOIN LATERAL (VALUES (f.commune_id), (f.other_commune_id)) AS c (commune_id)
WHERE
    $is_open
    AND (f.commune_id = ANY(%(communes)s::int[]) OR f.other_commune_id = ANY(%(communes)s::int[]))
    AND c.commune_id = ANY(%(communes)s::int[])
GROUP BY c.commune_id, f.rule_id, f.severity;

-- name: shared_findings
-- What two of the communes both count, so that their sum can count it once.
SELECT
    f.rule_id,
    f.severity,
    count(*)::int AS findings,
    round(coalesce(sum(f.area_m2), 0)::numeric, 4)::float8 AS area_m2
FROM quality.finding AS f
WHERE
    $is_open
    AND f.other_commune_id IS NOT NULL
    AND f.commune_id = ANY(%(communes)s::int[])
    AND f.other_commune_id = ANY(%(communes)s::int[])
GROUP BY f.rule_id, f.severity;

-- name: parcels_with_error
-- A finding concerns its parcel and the other one, which may lie in another commune; a misplaced sheet, all its own.
SELECT p.commune_id, count(*)::int AS parcels
FROM cadastre.parcel AS p
INNER JOIN (
    SELECT f.parcel_id
    FROM quality.finding AS f
    WHERE f.severity = 'error' AND $is_open
    UNION
    SELECT f.other_parcel_id
    FROM quality.finding AS f
    WHERE f.severity = 'error' AND $is_open
    UNION
    SELECT q.parcel_id
    FROM quality.finding AS f
    INNER JOIN cadastre.sheet AS s ON f.commune_id = s.commune_id AND f.subject = s.sheet_no
    INNER JOIN cadastre.parcel AS q ON s.sheet_id = q.sheet_id
    WHERE f.severity = 'error' AND $is_open AND f.rule_id = ANY(%(sheet_rules)s::text[])
) AS concerned ON p.parcel_id = concerned.parcel_id
WHERE p.commune_id = ANY(%(communes)s::int[])
GROUP BY p.commune_id;

-- name: store_scores
-- One row per commune and day: the last of a day counts. A score without the campaign keeps the day's campaign.
INSERT INTO quality.score AS known (
    commune_id, scored_on, formula, score, numbers, components, scheme, standing
)
SELECT s.commune_id, %(scored_on)s::date, %(formula)s, s.score, s.numbers, s.components, s.scheme, s.standing
FROM jsonb_to_recordset(%(scores)s) AS s (
    commune_id int, score float8, numbers jsonb, components jsonb, scheme text, standing jsonb
)
ON CONFLICT (commune_id, scored_on) DO UPDATE SET
    scored_at = now(),
    formula = excluded.formula,
    score = excluded.score,
    numbers = excluded.numbers,
    components = excluded.components,
    scheme = coalesce(excluded.scheme, known.scheme),
    standing = coalesce(excluded.standing, known.standing);

-- name: trend
SELECT s.commune_id, s.scored_on, s.formula, s.score, s.numbers, s.scheme, s.standing
FROM quality.score AS s
WHERE s.commune_id = ANY(%(communes)s::int[])
ORDER BY s.commune_id, s.scored_on;
