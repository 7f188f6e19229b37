-- Findings: which ones, what each says, whom it concerns, what became of it. No person is named.

-- name: state_now
-- A waiver that ended yesterday does not hold today, whether or not a run has noticed.
CASE WHEN n.state = 'accepted' AND n.accepted_until < %(valid_on)s::date THEN 'open' ELSE n.state END

-- name: state_then
-- How the finding stood at a moment that is past, null before it was first seen. A waiver holds until it is revoked or
-- its last day is over, as on every day.
CASE WHEN n.first_seen_at <= %(moment)s::timestamptz THEN coalesce((
    SELECT CASE
        WHEN e.to_state = 'accepted' AND NOT EXISTS (
            SELECT 1 FROM quality.waiver AS w
            WHERE
                w.finding_id = n.finding_id
                AND w.created_at <= %(moment)s::timestamptz
                AND (w.revoked_at IS NULL OR w.revoked_at > %(moment)s::timestamptz)
                AND (w.ends_on IS NULL OR w.ends_on >= %(valid_on)s::date)
        ) THEN 'open'
        ELSE e.to_state
    END
    FROM quality.finding_event AS e
    WHERE e.finding_id = n.finding_id AND e.to_state IS NOT NULL AND e.at <= %(moment)s::timestamptz
    ORDER BY e.at DESC, e.event_id DESC
    LIMIT 1
), 'open') END

-- name: is_about_ground
-- Findings about parties, their names and rights are for the staff of the commune.
n.rule_id !~ '^(TEN|PER|TXT001)'

-- name: pairs
'finding_id', n.finding_id,
'rule_id', n.rule_id,
'severity', n.severity,
'state', $state_now,
'subject', n.subject,
'parcel_id', n.parcel_id,
'other_parcel_id', n.other_parcel_id,
'measure', n.measure,
'unit', n.unit,
'area_m2', n.area_m2,
'width_m', n.width_m,
'point', ST_AsGeoJSON(n.point_4326, 8)::json,
'details', n.details,
'changed_at', n.changed_at

-- name: is_home
-- Does the asker work for the commune, or for the one across the border?
(
    %(communes)s::text[] IS NULL
    OR c.commune_code = ANY(%(communes)s::text[])
    OR o.commune_code = ANY(%(communes)s::text[])
)

-- name: is_visible
($is_about_ground OR (%(staff)s AND $is_home))

-- name: sees_work
-- Who decided, why, and how many people it concerns: for those who work on findings.
(%(sees_work)s AND $is_home)

-- name: in_full
json_build_object(
    $pairs,
    'commune', json_build_object('code', c.commune_code, 'name', c.name, 'kind', c.kind),
    'other_commune', CASE WHEN o.commune_id IS NOT NULL
        THEN json_build_object('code', o.commune_code, 'name', o.name, 'kind', o.kind)
    END,
    'parcels', (
        SELECT coalesce(json_agg(json_build_object(
            'parcel_id', p.parcel_id,
            'commune_code', pc.commune_code,
            'sheet_no', s.sheet_no,
            'parcel_no', p.parcel_no,
            'holders', CASE WHEN $sees_work THEN registry.holder_count(p.parcel_id) END
        ) ORDER BY p.parcel_id = n.parcel_id DESC, p.parcel_id), '[]'::json)
        FROM $parcel AS p
        INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
        INNER JOIN admin.commune AS pc ON p.commune_id = pc.commune_id
        WHERE p.parcel_id IN (n.parcel_id, n.other_parcel_id)
    ),
    'first_seen_at', n.first_seen_at,
    'last_seen_at', n.last_seen_at,
    'fixed_at', n.fixed_at,
    'times_regressed', n.times_regressed,
    'accepted_until', n.accepted_until,
    'assigned_to', CASE WHEN $sees_work THEN n.assigned_to END,
    'assigned_at', CASE WHEN $sees_work THEN n.assigned_at END,
    'shape', CASE WHEN %(with_shape)s AND n.geom IS NOT NULL THEN json_build_object(
        'srid', ST_SRID(n.geom), 'geometry', ST_AsGeoJSON(n.geom, 4, 0)::json
    ) END
)

-- name: chosen
$state_now = ANY(%(states)s::text[])
AND (
    %(commune_codes)s::text[] IS NULL
    OR n.commune_id = ANY(ARRAY(
        SELECT k.commune_id FROM admin.commune AS k
        WHERE k.commune_code = ANY(%(commune_codes)s::text[])
        AND daterange(k.valid_from, k.valid_to) @> %(valid_on)s::date
    ))
    OR n.other_commune_id = ANY(ARRAY(
        SELECT k.commune_id FROM admin.commune AS k
        WHERE k.commune_code = ANY(%(commune_codes)s::text[])
        AND daterange(k.valid_from, k.valid_to) @> %(valid_on)s::date
    ))
)
AND (
    %(rules)s::text[] IS NULL
    OR n.rule_id = ANY(%(rules)s::text[])
    OR left(n.rule_id, 3) = ANY(%(rules)s::text[])
)
AND (%(severities)s::text[] IS NULL OR n.severity = ANY(%(severities)s::text[]))
AND (
    %(sheet_no)s::text IS NULL
    OR n.subject = %(sheet_no)s
    OR EXISTS (
        SELECT 1 FROM $parcel AS p
        INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
        WHERE p.parcel_id IN (n.parcel_id, n.other_parcel_id) AND s.sheet_no = %(sheet_no)s
    )
)
AND (%(assigned_to)s::text IS NULL OR n.assigned_to = %(assigned_to)s)
AND (%(is_assigned)s::boolean IS NULL OR (n.assigned_to IS NOT NULL) = %(is_assigned)s)
AND (
    %(west)s::float8 IS NULL
    OR n.point_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
)
AND (%(min_area_m2)s::float8 IS NULL OR n.area_m2 >= %(min_area_m2)s)
AND (%(max_area_m2)s::float8 IS NULL OR n.area_m2 <= %(max_area_m2)s)
AND (%(min_width_m)s::float8 IS NULL OR n.width_m >= %(min_width_m)s)
AND (%(max_width_m)s::float8 IS NULL OR n.width_m <= %(max_width_m)s)
AND $is_visible

-- name: findings_by_id
SELECT
    count(*)::int AS findings,
    max(page.finding_id) AS last_finding_id,
    coalesce(json_agg(page.finding ORDER BY page.finding_id), '[]'::json) AS answer
FROM (
    SELECT n.finding_id, $in_full AS finding
    FROM quality.finding AS n
    INNER JOIN admin.commune AS c ON n.commune_id = c.commune_id
    LEFT JOIN admin.commune AS o ON n.other_commune_id = o.commune_id
    WHERE $chosen AND n.finding_id > %(after)s
    ORDER BY n.finding_id
    LIMIT %(limit)s
) AS page

-- name: findings_worst_first
-- The page goes on after a finding, whose own badness says where that is.
SELECT
    count(*)::int AS findings,
    (array_agg(page.finding_id ORDER BY page.badness DESC, page.finding_id))[count(*)] AS last_finding_id,
    coalesce(json_agg(page.finding ORDER BY page.badness DESC, page.finding_id), '[]'::json) AS answer
FROM (
    SELECT n.finding_id, n.badness, $in_full AS finding
    FROM quality.finding AS n
    INNER JOIN admin.commune AS c ON n.commune_id = c.commune_id
    LEFT JOIN admin.commune AS o ON n.other_commune_id = o.commune_id
    WHERE
        $chosen
        AND (
            %(after)s = 0
            OR (-n.badness, n.finding_id)
            > (SELECT -b.badness, b.finding_id FROM quality.finding AS b WHERE b.finding_id = %(after)s)
        )
    ORDER BY n.badness DESC, n.finding_id
    LIMIT %(limit)s
) AS page

-- name: finding_counts
-- How many findings are meant, by rule: what a person reads before deciding about all of them.
SELECT
    n.rule_id,
    n.severity,
    count(*)::int AS findings,
    max(n.area_m2) AS largest_area_m2,
    max(n.width_m) AS largest_width_m,
    array_agg(n.finding_id ORDER BY n.finding_id) AS finding_ids
FROM quality.finding AS n
INNER JOIN admin.commune AS c ON n.commune_id = c.commune_id
LEFT JOIN admin.commune AS o ON n.other_commune_id = o.commune_id
WHERE $chosen
GROUP BY n.rule_id, n.severity
ORDER BY n.rule_id, n.severity

-- name: finding_in_full
SELECT json_build_object(
    'finding', $in_full,
    'fingerprint', encode(n.fingerprint, 'hex'),
    'last_run', (
        SELECT json_build_object(
            'run_id', r.run_id,
            'finished_at', r.finished_at,
            'catalogue_hash', r.catalogue_hash,
            'limits', r.limits -> n.rule_id,
            'tool_versions', r.tool_versions
        )
        FROM quality.rule_run AS r
        WHERE r.run_id = n.last_run_id
    ),
    'waiver', CASE WHEN sees.work AND $state_now = 'accepted' THEN (
        SELECT json_build_object(
            'actor', w.actor,
            'reason', w.reason,
            'ends_on', w.ends_on,
            'measure', w.measure,
            'area_m2', w.area_m2,
            'width_m', w.width_m,
            'growth_margin', w.growth_margin,
            'created_at', w.created_at
        )
        FROM quality.waiver AS w
        WHERE w.finding_id = n.finding_id AND w.revoked_at IS NULL
        ORDER BY w.waiver_id DESC
        LIMIT 1
    ) END,
    'events', CASE WHEN sees.work THEN (
        SELECT json_agg(json_build_object(
            'at', e.at,
            'actor', e.actor,
            'kind', e.kind,
            'note', e.note,
            'from_state', e.from_state,
            'to_state', e.to_state,
            'run_id', e.run_id
        ) ORDER BY e.at, e.event_id)
        FROM (
            SELECT
                n.first_seen_at AS at, 0 AS event_id, 'landdb' AS actor, 'seen' AS kind, NULL AS note,
                NULL AS from_state, 'open' AS to_state, n.first_run_id AS run_id
            UNION ALL
            SELECT e.at, e.event_id, e.actor, e.kind, e.note, e.from_state, e.to_state, e.run_id
            FROM quality.finding_event AS e
            WHERE e.finding_id = n.finding_id
        ) AS e
    ) END,
    'withheld', CASE WHEN sees.work THEN '[]'::json ELSE json_build_array(
        json_build_object('field', 'parcels.holders', 'reason', 'ND101-61'),
        json_build_object('field', 'assigned_to', 'reason', 'STAFF_ONLY'),
        json_build_object('field', 'waiver', 'reason', 'STAFF_ONLY'),
        json_build_object('field', 'events', 'reason', 'STAFF_ONLY')
    ) END
) AS answer
FROM quality.finding AS n
INNER JOIN admin.commune AS c ON n.commune_id = c.commune_id
LEFT JOIN admin.commune AS o ON n.other_commune_id = o.commune_id
CROSS JOIN LATERAL (SELECT $sees_work AS work) AS sees
WHERE n.finding_id = %(finding_id)s AND $is_visible

-- name: trend
-- What whole runs over a commune saw, by rule, the first run first; a rule that ran and saw nothing has null counts.
SELECT
    r.run_id,
    r.finished_at,
    u.parcel_count,
    n.rule_id,
    k.severity,
    k.seen,
    k.accepted,
    k.area_m2
FROM admin.commune AS c
INNER JOIN quality.run_commune AS u ON c.commune_id = u.commune_id
INNER JOIN quality.rule_run AS r ON u.run_id = r.run_id
CROSS JOIN LATERAL jsonb_array_elements_text(r.rules || r.seam_rules) AS n (rule_id)
LEFT JOIN LATERAL (
    SELECT
        k.severity,
        sum(k.seen)::int AS seen,
        sum(k.accepted)::int AS accepted,
        sum(k.area_m2) AS area_m2
    FROM quality.run_count AS k
    WHERE
        k.run_id = r.run_id
        AND k.rule_id = n.rule_id
        AND (k.commune_id = c.commune_id OR k.other_commune_id = c.commune_id)
    GROUP BY k.severity
) AS k ON true
WHERE
    c.commune_code = %(commune_code)s
    AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
    AND r.is_whole
    AND (%(rules)s::text[] IS NULL OR n.rule_id = ANY(%(rules)s::text[]) OR left(n.rule_id, 3) = ANY(%(rules)s::text[]))
    AND (
        $is_about_ground
        OR (%(staff)s AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[])))
    )
ORDER BY r.run_id, n.rule_id
