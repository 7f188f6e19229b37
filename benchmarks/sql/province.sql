-- The parts of the benchmark's province that are easier said in SQL.

-- name: is_empty
SELECT NOT EXISTS (SELECT FROM cadastre.parcel);

-- name: plain_indexes
SELECT n.nspname, c.relname, pg_get_indexdef(c.oid)
FROM pg_index AS i
INNER JOIN pg_class AS c ON i.indexrelid = c.oid
INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
WHERE
    i.indrelid = ANY(%(tables)s::text[]::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
ORDER BY n.nspname, c.relname;

-- name: identities
SELECT n.nspname, c.relname, a.attname
FROM pg_attribute AS a
INNER JOIN pg_class AS c ON a.attrelid = c.oid
INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
WHERE a.attrelid = ANY(%(tables)s::text[]::regclass[]) AND a.attidentity <> '';

-- name: commune_ids
SELECT commune_code, commune_id FROM admin.commune WHERE commune_code = ANY(%(codes)s) AND valid_to = 'infinity';

-- name: insert_old_communes
-- Every tile was a commune of its own until 1 July 2025.
INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to, is_local)
SELECT code, 'Mẫu ' || code, 'mau ' || code, 'xã', '25', '2004-07-01', '2025-07-01', true
FROM unnest(%(old_codes)s::text[]) AS code;

-- name: insert_succession
INSERT INTO admin.commune_succession (old_commune_id, new_commune_id, is_divided)
SELECT o.commune_id, n.commune_id, false
FROM unnest(%(old_codes)s::text[], %(new_codes)s::text[]) AS pair (old_code, new_code)
INNER JOIN admin.commune AS o ON pair.old_code = o.commune_code AND o.valid_to = '2025-07-01'
INNER JOIN admin.commune AS n ON pair.new_code = n.commune_code AND n.valid_from = '2025-07-01';

-- name: revise_parcels
-- One parcel in a hundred was measured again; the trigger keeps the earlier version.
UPDATE cadastre.parcel
SET legal_area_m2 = legal_area_m2 + 0.2, valid_from = '2026-03-01'
WHERE parcel_id %% 100 = 7;

-- name: transfer_shares
-- Some of those that one person holds alone went to another person of the commune.
UPDATE registry.share AS s
SET party_id = p.party_id, valid_from = '2026-04-01'
FROM party.party AS p
WHERE s.share_id %% 200 = 7 AND s.role = 'Cá nhân' AND p.party_id = s.party_id + 1 AND p.party_kind = 'NATURAL';

-- name: insert_runs
INSERT INTO quality.rule_run (
    started_at, finished_at, is_whole, rules, seam_rules, limits, catalogue_hash, tool_versions
)
VALUES (%(at)s, %(at)s, true, '[]', '[]', '{}', 'benchmark', '{}');

-- name: insert_run_communes
INSERT INTO quality.run_commune (run_id, commune_id, parcel_count)
SELECT r.run_id, p.commune_id, count(*)
FROM cadastre.parcel AS p
CROSS JOIN quality.rule_run AS r
GROUP BY r.run_id, p.commune_id;

-- name: insert_findings
-- Two parcels in a hundred have a finding: some overlap the next one, some have other faults.
INSERT INTO quality.finding (
    fingerprint, content_hash, rule_id, severity, state, commune_id, subject, parcel_id, other_parcel_id, point_4326,
    measure, unit, area_m2, width_m, first_run_id, last_run_id, fixed_at
)
SELECT
    sha256(f.parcel_id::text::bytea),
    '',
    r.rule_id,
    r.severity,
    CASE WHEN f.parcel_id %% 500 = 1 THEN 'fixed' ELSE 'open' END,
    f.commune_id,
    s.sheet_no || '/' || f.parcel_no,
    f.parcel_id,
    CASE WHEN r.rule_id = 'COV001' THEN f.parcel_id + 1 END,
    ST_PointOnSurface(f.geom_4326),
    0.25,
    'm',
    1.5,
    0.04,
    run.run_id,
    run.run_id,
    CASE WHEN f.parcel_id %% 500 = 1 THEN now() END
FROM cadastre.parcel AS f
INNER JOIN cadastre.sheet AS s ON f.sheet_id = s.sheet_id
CROSS JOIN quality.rule_run AS run
INNER JOIN (
    VALUES (0, 'COV001', 'error'), (1, 'ARE001', 'warning'), (2, 'GEO004', 'warning'), (3, 'TEN001', 'error')
) AS r (turn, rule_id, severity) ON f.parcel_id / 50 %% 4 = r.turn
WHERE f.parcel_id %% 50 = 1;
