-- Findings on their way out, whole, and the ground around them. No party and no certificate is read here.

-- name: chosen
(f.commune_id = ANY(%(communes)s::int[]) OR f.other_commune_id = ANY(%(communes)s::int[]))
-- A waiver that ended yesterday does not hold today, whether or not a run has noticed.
AND CASE
    WHEN f.state = 'accepted' AND f.accepted_until < %(today)s::date THEN 'open' ELSE f.state
END = ANY(%(states)s::text[])
AND (%(severities)s::text[] IS NULL OR f.severity = ANY(%(severities)s::text[]))
AND (%(rules)s::text[] IS NULL OR f.rule_id = ANY(%(rules)s::text[]) OR left(f.rule_id, 3) = ANY(%(rules)s::text[]))
AND (%(tenure)s OR f.rule_id !~ '^(TEN|PER|TXT001)')

-- name: told
SELECT
    f.finding_id,
    encode(f.fingerprint, 'hex') AS fingerprint,
    f.rule_id,
    f.severity,
    CASE WHEN f.state = 'accepted' AND f.accepted_until < %(today)s::date THEN 'open' ELSE f.state END AS state,
    c.commune_code,
    f.subject,
    f.parcel_id,
    f.other_parcel_id,
    s.sheet_no,
    p.parcel_no,
    os.sheet_no AS other_sheet_no,
    op.parcel_no AS other_parcel_no,
    oc.commune_code AS other_commune_code,
    ST_X(f.point_4326) AS lon,
    ST_Y(f.point_4326) AS lat,
    coalesce(nullif(ST_SRID(f.geom), 0), s.srid, os.srid) AS srid,
    ST_AsBinary(f.geom) AS geom,
    f.measure,
    f.unit,
    f.area_m2,
    f.width_m,
    f.details,
    f.first_seen_at AS first_seen,
    f.last_seen_at AS last_seen,
    f.first_run_id = f.last_run_id AS is_new
FROM quality.finding AS f
INNER JOIN admin.commune AS c ON f.commune_id = c.commune_id
LEFT JOIN cadastre.parcel AS p ON f.parcel_id = p.parcel_id
LEFT JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
LEFT JOIN cadastre.parcel AS op ON f.other_parcel_id = op.parcel_id
LEFT JOIN cadastre.sheet AS os ON op.sheet_id = os.sheet_id
LEFT JOIN admin.commune AS oc ON coalesce(op.commune_id, f.other_commune_id) = oc.commune_id

-- name: findings
-- Every finding of the communes in these states, in one order that does not depend on when it was found.
$told
WHERE
    $chosen
ORDER BY
    c.commune_code,
    array_position(ARRAY['error', 'warning', 'info'], f.severity),
    f.rule_id,
    f.subject,
    f.fingerprint

-- name: worst
-- The worst of each rule first, then the second worst of each: nobody learns much from twelve of a kind.
$told
INNER JOIN (
    SELECT
        f.finding_id,
        row_number() OVER (
            PARTITION BY f.severity, f.rule_id ORDER BY f.badness DESC, f.subject, f.fingerprint
        ) AS turn
    FROM quality.finding AS f
    WHERE
        $chosen
) AS ranked ON f.finding_id = ranked.finding_id
ORDER BY
    array_position(ARRAY['error', 'warning', 'info'], f.severity),
    ranked.turn,
    f.badness DESC,
    f.rule_id
LIMIT %(limit)s

-- name: parcels_concerned
-- The parcels that those findings name, each once, with how many concern it and the gravest severity.
SELECT
    c.commune_code,
    s.sheet_no,
    p.parcel_no,
    p.parcel_code,
    p.computed_area_m2,
    p.registered_area_m2,
    p.legal_area_m2,
    s.srid,
    k.findings,
    k.gravest,
    k.rules,
    ST_AsBinary(p.geom) AS geom
FROM (
    SELECT
        e.parcel_id,
        count(*)::int AS findings,
        (ARRAY['error', 'warning', 'info'])[min(e.rank)] AS gravest,
        string_agg(DISTINCT e.rule_id, ' ' ORDER BY e.rule_id) AS rules
    FROM (
        SELECT
            whom.parcel_id,
            f.rule_id,
            array_position(ARRAY['error', 'warning', 'info'], f.severity) AS rank
        FROM quality.finding AS f
        CROSS JOIN LATERAL (VALUES (f.parcel_id), (f.other_parcel_id)) AS whom (parcel_id)
        WHERE
            $chosen
            AND whom.parcel_id IS NOT NULL
    ) AS e
    GROUP BY e.parcel_id
) AS k
INNER JOIN cadastre.parcel AS p ON k.parcel_id = p.parcel_id
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE p.geom IS NOT NULL
ORDER BY c.commune_code, length(s.sheet_no), s.sheet_no, length(p.parcel_no), p.parcel_no

-- name: counts
-- How many of those findings has each rule and severity in each commune, and in which systems do they lie?
SELECT
    c.commune_code,
    c.name AS commune_name,
    f.rule_id,
    f.severity,
    count(*)::int AS findings,
    array_remove(
        array_agg(DISTINCT coalesce(nullif(ST_SRID(f.geom), 0), s.srid)), NULL
    ) AS srids
FROM quality.finding AS f
INNER JOIN admin.commune AS c ON f.commune_id = c.commune_id
LEFT JOIN cadastre.parcel AS p ON f.parcel_id = p.parcel_id
LEFT JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE
    $chosen
GROUP BY c.commune_code, c.name, f.rule_id, f.severity
ORDER BY c.commune_code, array_position(ARRAY['error', 'warning', 'info'], f.severity), f.rule_id
