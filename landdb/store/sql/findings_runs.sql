-- Runs of the rules, and the life of a finding: open → fixed → regressed, or accepted while a waiver holds.

-- name: insert_run
INSERT INTO quality.rule_run (
    commune_id, started_at, rules, limits, catalogue_hash, tool_versions, parcel_count
)
VALUES (
    %(commune_id)s, %(started_at)s, %(rules)s, %(limits)s, %(catalogue_hash)s,
    %(tool_versions)s::jsonb || jsonb_build_object('postgis', postgis_lib_version()), %(parcel_count)s
)
RETURNING run_id;

-- name: count_back
-- How many of these findings were fixed and are here again?
SELECT count(*) FROM quality.finding
WHERE fingerprint = ANY(%(fingerprints)s::bytea[]) AND state = 'fixed';

-- name: upsert
-- A finding seen again keeps its identity and its state; one that was fixed has regressed.
INSERT INTO quality.finding AS known (
    fingerprint, rule_id, severity, state, commune_id, subject, parcel_id, other_parcel_id,
    point_4326, geom, measure, unit, area_m2, width_m, details, first_run_id, last_run_id
)
SELECT
    decode(f.fingerprint, 'hex'),
    f.rule_id,
    f.severity,
    'open',
    %(commune_id)s,
    f.subject,
    f.parcel_id,
    f.other_parcel_id,
    ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326),
    ST_GeomFromEWKB(decode(f.geom, 'hex')),
    f.measure,
    f.unit,
    f.area_m2,
    f.width_m,
    f.details,
    %(run_id)s AS first_run_id,
    %(run_id)s AS last_run_id
FROM jsonb_to_recordset(%(findings)s) AS f (
    fingerprint text, rule_id text, severity text, subject text, parcel_id bigint, other_parcel_id bigint,
    lon float8, lat float8, geom text, measure float8, unit text, area_m2 float8, width_m float8, details jsonb
)
ON CONFLICT (fingerprint) DO UPDATE SET
    severity = excluded.severity,
    state = CASE known.state WHEN 'fixed' THEN 'regressed' ELSE known.state END,
    commune_id = excluded.commune_id,
    subject = excluded.subject,
    parcel_id = excluded.parcel_id,
    other_parcel_id = excluded.other_parcel_id,
    point_4326 = excluded.point_4326,
    geom = excluded.geom,
    measure = excluded.measure,
    unit = excluded.unit,
    area_m2 = excluded.area_m2,
    width_m = excluded.width_m,
    details = excluded.details,
    last_run_id = excluded.last_run_id,
    changed_at = CASE known.state WHEN 'fixed' THEN now() ELSE known.changed_at END
RETURNING (xmax = 0) AS is_new;

-- name: accept_waived
-- A finding that somebody accepted, with a reason and not beyond an end date, is not asked about again.
UPDATE quality.finding AS f
SET state = 'accepted', changed_at = now()
WHERE
    f.last_run_id = %(run_id)s
    AND f.state <> 'accepted'
    AND EXISTS (
        SELECT 1 FROM quality.waiver AS w
        WHERE
            w.finding_id = f.finding_id
            AND w.revoked_at IS NULL
            AND (w.ends_on IS NULL OR w.ends_on >= current_date)
    );

-- name: reopen_unwaived
UPDATE quality.finding AS f
SET state = 'open', changed_at = now()
WHERE
    f.last_run_id = %(run_id)s
    AND f.state = 'accepted'
    AND NOT EXISTS (
        SELECT 1 FROM quality.waiver AS w
        WHERE
            w.finding_id = f.finding_id
            AND w.revoked_at IS NULL
            AND (w.ends_on IS NULL OR w.ends_on >= current_date)
    );

-- name: mark_fixed
-- Of the rules that ran, what this run no longer found is fixed.
UPDATE quality.finding AS f
SET state = 'fixed', changed_at = now()
WHERE
    f.commune_id = %(commune_id)s
    AND f.rule_id = ANY(%(rules)s::text[])
    AND f.last_run_id <> %(run_id)s
    AND f.state <> 'fixed';

-- name: count_states
SELECT f.state, count(*)
FROM quality.finding AS f
WHERE f.last_run_id = %(run_id)s
GROUP BY f.state;
