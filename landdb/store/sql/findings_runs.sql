-- Runs of the rules, and the life of a finding: open → fixed → regressed, or accepted while a waiver holds.

-- name: insert_run
WITH run AS (
    INSERT INTO quality.rule_run (
        started_at, is_whole, rules, seam_rules, limits, catalogue_hash, tool_versions
    )
    VALUES (
        %(started_at)s, %(is_whole)s, %(rules)s, %(seam_rules)s, %(limits)s, %(catalogue_hash)s,
        %(tool_versions)s::jsonb || jsonb_build_object('postgis', postgis_lib_version())
    )
    RETURNING run_id
),

communes AS (
    INSERT INTO quality.run_commune (run_id, commune_id, parcel_count)
    SELECT run.run_id, c.commune_id, c.parcel_count
    FROM run
    CROSS JOIN unnest(%(commune_ids)s::int[], %(parcel_counts)s::int[]) AS c (commune_id, parcel_count)
)

SELECT run_id FROM run;

-- name: live_of_communes
-- What a run over whole communes could find again: all that is not fixed, of the rules that ran.
SELECT f.finding_id, f.content_hash, f.state
FROM quality.finding AS f
WHERE
    f.state <> 'fixed'
    AND (
        (
            f.commune_id = ANY(%(commune_ids)s::int[])
            AND f.other_commune_id IS NULL
            AND f.rule_id = ANY(%(rules)s::text[])
        )
        OR (
            f.other_commune_id IS NOT NULL
            AND f.rule_id = ANY(%(seam_rules)s::text[])
            AND (f.commune_id = ANY(%(commune_ids)s::int[]) OR f.other_commune_id = ANY(%(commune_ids)s::int[]))
        )
    )
ORDER BY f.finding_id;

-- name: live_of_parcels
-- The same of some parcels.
SELECT f.finding_id, f.content_hash, f.state
FROM quality.finding AS f
WHERE
    f.state <> 'fixed'
    AND (f.parcel_id = ANY(%(parcel_ids)s::bigint[]) OR f.other_parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND f.rule_id = ANY(
        CASE WHEN f.other_commune_id IS NULL THEN %(rules)s::text[] ELSE %(seam_rules)s::text[] END
    )
ORDER BY f.finding_id;

-- name: live_known
-- The same of some findings.
SELECT f.finding_id, f.content_hash, f.state
FROM quality.finding AS f
WHERE f.finding_id = ANY(%(known_ids)s::bigint[])
ORDER BY f.finding_id;

-- name: candidates
-- What the findings that changed may have been: those that were not seen as they were, and whatever else is
-- known of the same rule and subject, fixed findings among it.
SELECT
    f.finding_id, f.state, f.rule_id, f.subject, f.commune_id, ST_SRID(f.geom) AS srid, f.geom,
    ST_X(f.point_4326) AS lon, ST_Y(f.point_4326) AS lat, f.measure, f.area_m2, f.width_m
FROM quality.finding AS f
WHERE f.finding_id = ANY(%(unseen)s::bigint[])
UNION
SELECT
    f.finding_id, f.state, f.rule_id, f.subject, f.commune_id, ST_SRID(f.geom) AS srid, f.geom,
    ST_X(f.point_4326) AS lon, ST_Y(f.point_4326) AS lat, f.measure, f.area_m2, f.width_m
FROM unnest(%(commune_ids)s::int[], %(rule_ids)s::text[], %(subjects)s::text[]) AS seen (
    commune_id, rule_id, subject
)
INNER JOIN quality.finding AS f
    ON seen.commune_id = f.commune_id AND seen.rule_id = f.rule_id AND seen.subject = f.subject
WHERE f.finding_id <> ALL(%(seen)s::bigint[])
ORDER BY finding_id;

-- name: commune_codes
SELECT c.commune_id, c.commune_code FROM admin.commune AS c WHERE c.commune_id = ANY(%(commune_ids)s::int[]);

-- name: taken_fingerprints
SELECT f.fingerprint FROM quality.finding AS f WHERE f.fingerprint = ANY(%(fingerprints)s::bytea[]);

-- name: note_seen
UPDATE quality.finding AS f
SET last_run_id = %(run_id)s, last_seen_at = now()
WHERE f.finding_id = ANY(%(finding_ids)s::bigint[]);

-- name: update_changed
-- A finding that was known again says what is true of it now.
WITH changed AS (
    UPDATE quality.finding AS f
    SET
        content_hash = %(content_hash)s,
        severity = %(severity)s,
        subject = %(subject)s,
        parcel_id = %(parcel_id)s,
        other_parcel_id = %(other_parcel_id)s,
        point_4326 = %(point_4326)s::geometry,
        geom = %(geom)s::geometry,
        measure = %(measure)s,
        unit = %(unit)s,
        area_m2 = %(area_m2)s,
        width_m = %(width_m)s,
        details = %(details)s::jsonb
    FROM (SELECT b.subject FROM quality.finding AS b WHERE b.finding_id = %(finding_id)s) AS before
    WHERE f.finding_id = %(finding_id)s
    RETURNING f.finding_id, before.subject AS old_subject, f.subject
)

INSERT INTO quality.finding_event (finding_id, actor, kind, note, run_id)
SELECT c.finding_id, 'landdb', 'renumbered', c.old_subject || ' → ' || c.subject, %(run_id)s
FROM changed AS c
WHERE c.old_subject <> c.subject;

-- name: mark_regressed
WITH changed AS (
    UPDATE quality.finding AS f
    SET state = 'regressed', fixed_at = NULL, changed_at = now(), times_regressed = f.times_regressed + 1
    WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
    RETURNING f.finding_id
)

INSERT INTO quality.finding_event (finding_id, actor, kind, from_state, to_state, run_id)
SELECT c.finding_id, 'landdb', 'regressed', 'fixed', 'regressed', %(run_id)s
FROM changed AS c;

-- name: mark_fixed
-- Fixed is what the run looked for and did not find, and what its parcel took along when it went.
WITH before AS (
    SELECT f.finding_id, f.state, NULL::text AS note
    FROM quality.finding AS f
    WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
    UNION ALL
    SELECT f.finding_id, f.state, 'the parcel does not exist any more' AS note
    FROM quality.finding AS f
    WHERE
        f.state <> 'fixed'
        AND f.last_run_id <> %(run_id)s
        AND f.finding_id <> ALL(%(finding_ids)s::bigint[])
        AND CASE
            WHEN %(parcel_ids)s::bigint[] IS NULL
                THEN
                    f.commune_id = ANY(%(commune_ids)s::int[])
                    OR f.other_commune_id = ANY(%(commune_ids)s::int[])
            ELSE f.parcel_id = ANY(%(parcel_ids)s::bigint[]) OR f.other_parcel_id = ANY(%(parcel_ids)s::bigint[])
        END
        AND (
            (
                f.parcel_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM cadastre.parcel AS p WHERE p.parcel_id = f.parcel_id)
            )
            OR (
                f.other_parcel_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM cadastre.parcel AS p WHERE p.parcel_id = f.other_parcel_id)
            )
        )
),

changed AS (
    UPDATE quality.finding AS f
    SET state = 'fixed', fixed_at = now(), changed_at = now(), accepted_until = NULL
    FROM before
    WHERE f.finding_id = before.finding_id
    RETURNING f.finding_id, before.state AS from_state, before.note
)

INSERT INTO quality.finding_event (finding_id, actor, kind, note, from_state, to_state, run_id)
SELECT c.finding_id, 'landdb', 'fixed', c.note, c.from_state, 'fixed', %(run_id)s
FROM changed AS c;

-- name: settle_waivers
-- What somebody accepted is not asked about again: until the waiver ends, or until the fault has grown beyond it
-- by more than the margin that the waiver states (and by more than drawing to the millimetre explains). Of ratios
-- and angles every such change counts as growth, since for some of them less is worse. Gives the states it changed.
WITH standing AS (
    SELECT
        f.finding_id,
        f.state,
        w.waiver_id,
        w.ends_on,
        w.measure AS accepted_measure,
        w.area_m2 AS accepted_area_m2,
        w.ends_on IS NULL OR w.ends_on >= %(today)s::date AS is_in_time,
        NOT (
            coalesce(f.area_m2 > w.area_m2 * (1 + w.growth_margin) + 0.01, false)
            OR coalesce(f.width_m > w.width_m * (1 + w.growth_margin) + 0.002, false)
            OR coalesce(CASE
                WHEN f.unit IN ('ratio', '°') THEN abs(f.measure - w.measure) > abs(w.measure) * w.growth_margin
                ELSE abs(f.measure) > abs(w.measure) * (1 + w.growth_margin)
                    + CASE f.unit WHEN 'm2' THEN 0.01 WHEN 'm' THEN 0.002 ELSE 0 END
            END, false)
        ) AS is_in_size
    FROM quality.finding AS f
    LEFT JOIN quality.waiver AS w ON f.finding_id = w.finding_id AND w.revoked_at IS NULL
    WHERE
        f.finding_id = ANY(%(finding_ids)s::bigint[])
        OR (f.commune_id = ANY(%(commune_ids)s::int[]) AND f.state = 'accepted' AND f.accepted_until < %(today)s::date)
),

judged AS (
    SELECT
        s.finding_id,
        s.state,
        coalesce(bool_or(s.is_in_time AND s.is_in_size) FILTER (WHERE s.waiver_id IS NOT NULL), false) AS holds,
        bool_or(s.is_in_time) FILTER (WHERE s.waiver_id IS NOT NULL) AS is_in_time,
        CASE WHEN NOT bool_or(s.ends_on IS NULL) THEN max(s.ends_on) END AS accepted_until,
        max(s.accepted_area_m2) AS accepted_area_m2,
        max(s.accepted_measure) AS accepted_measure
    FROM standing AS s
    GROUP BY s.finding_id, s.state
),

settled AS (
    UPDATE quality.finding AS f
    SET
        state = CASE WHEN j.holds THEN 'accepted' ELSE 'open' END,
        accepted_until = CASE WHEN j.holds THEN j.accepted_until END,
        changed_at = now()
    FROM judged AS j
    WHERE
        f.finding_id = j.finding_id
        AND f.state <> 'fixed'
        AND (f.state = 'accepted') <> j.holds
    RETURNING
        f.finding_id, j.state AS from_state, f.state AS to_state, j.is_in_time, j.accepted_area_m2,
        j.accepted_measure, f.area_m2, f.measure, f.unit
),

outgrown AS (
    UPDATE quality.waiver AS w
    SET revoked_at = now(), revoked_by = 'landdb'
    FROM settled AS s
    WHERE w.finding_id = s.finding_id AND w.revoked_at IS NULL AND s.to_state = 'open' AND s.is_in_time
),

noted AS (
    INSERT INTO quality.finding_event (finding_id, actor, kind, note, from_state, to_state, run_id)
    SELECT
        s.finding_id,
        'landdb',
        CASE s.to_state WHEN 'open' THEN 'reopened' ELSE 'accepted' END,
        CASE
            WHEN s.to_state = 'accepted' THEN 'the waiver still holds'
            WHEN s.is_in_time IS NULL THEN 'there is no waiver'
            WHEN NOT s.is_in_time THEN 'the waiver has ended'
            ELSE concat(
                'it has grown: ', round(s.accepted_measure::numeric, 3), ' → ', round(s.measure::numeric, 3), ' ', s.unit,
                ', ' || round(s.accepted_area_m2::numeric, 3) || ' → ' || round(s.area_m2::numeric, 3) || ' m2'
            )
        END,
        s.from_state,
        s.to_state,
        %(run_id)s
    FROM settled AS s
)

SELECT s.finding_id, s.to_state FROM settled AS s;

-- name: keep_counts
-- What a whole run saw, as later reports draw it as a trend.
INSERT INTO quality.run_count (run_id, commune_id, other_commune_id, rule_id, severity, seen, accepted, area_m2)
SELECT
    %(run_id)s,
    f.commune_id,
    f.other_commune_id,
    f.rule_id,
    f.severity,
    count(*),
    count(*) FILTER (WHERE f.state = 'accepted'),
    coalesce(sum(f.area_m2) FILTER (WHERE f.state <> 'accepted'), 0)
FROM quality.finding AS f
WHERE
    f.last_run_id = %(run_id)s
    AND (f.commune_id = ANY(%(commune_ids)s::int[]) OR f.other_commune_id = ANY(%(commune_ids)s::int[]))
GROUP BY f.commune_id, f.other_commune_id, f.rule_id, f.severity;

-- name: count_unjudged
-- Communes that were never checked as a whole, or not since their last delivery. Whether anything at all was delivered
-- since is asked first: it is asked at every change, and nearly always answers no.
SELECT count(*)
FROM unnest(%(commune_ids)s::int[]) AS c (commune_id)
LEFT JOIN LATERAL (
    SELECT max(r.started_at) AS at
    FROM quality.run_commune AS rc
    INNER JOIN quality.rule_run AS r ON rc.run_id = r.run_id
    WHERE rc.commune_id = c.commune_id AND r.is_whole
) AS checked ON true
WHERE
    checked.at IS NULL
    OR (
        EXISTS (SELECT FROM staging.import_batch AS b WHERE b.started_at > checked.at)
        AND EXISTS (
            SELECT FROM cadastre.parcel AS p
            INNER JOIN staging.import_batch AS b ON p.batch_id = b.batch_id
            WHERE p.commune_id = c.commune_id AND b.started_at > checked.at
        )
    );
