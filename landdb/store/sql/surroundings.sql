-- What lies around parcels that a transaction changes.

-- name: changed_ground
-- Versions that ended since this transaction began are those that it found.
SELECT p.parcel_id, p.commune_id, ST_SRID(p.geom) AS srid, ST_AsBinary(p.geom) AS geom
FROM cadastre.parcel AS p
WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[]) AND p.geom IS NOT NULL
UNION ALL
SELECT h.parcel_id, h.commune_id, ST_SRID(h.geom) AS srid, ST_AsBinary(h.geom) AS geom
FROM cadastre.parcel_history AS h
WHERE
    h.parcel_id = ANY(%(parcel_ids)s::bigint[])
    AND h.geom IS NOT NULL
    AND h.superseded_at >= now()
    AND (h.superseded_at < 'infinity' OR NOT EXISTS (
        SELECT 1 FROM cadastre.parcel AS p WHERE p.parcel_id = h.parcel_id
    ));

-- name: live_findings
SELECT
    f.finding_id, f.rule_id, f.subject, f.parcel_id, f.other_parcel_id,
    coalesce(ST_SRID(f.geom), 0) AS srid, ST_AsBinary(f.geom) AS geom
FROM quality.finding AS f
WHERE
    f.state <> 'fixed'
    AND f.rule_id = ANY(%(rule_ids)s::text[])
    AND f.parcel_id = ANY(%(parcel_ids)s::bigint[])
UNION
SELECT
    f.finding_id, f.rule_id, f.subject, f.parcel_id, f.other_parcel_id,
    coalesce(ST_SRID(f.geom), 0) AS srid, ST_AsBinary(f.geom) AS geom
FROM quality.finding AS f
WHERE
    f.state <> 'fixed'
    AND f.rule_id = ANY(%(rule_ids)s::text[])
    AND f.other_parcel_id = ANY(%(parcel_ids)s::bigint[]);

-- name: live_rules
-- Which of these rules have a finding about the parcels; some also one about no parcel, but their sheets or commune.
SELECT f.rule_id
FROM quality.finding AS f
WHERE f.state <> 'fixed' AND f.rule_id = ANY(%(rule_ids)s::text[]) AND f.parcel_id = ANY(%(parcel_ids)s::bigint[])
UNION
SELECT f.rule_id
FROM quality.finding AS f
WHERE f.state <> 'fixed' AND f.rule_id = ANY(%(rule_ids)s::text[]) AND f.other_parcel_id = ANY(%(parcel_ids)s::bigint[])
UNION
SELECT f.rule_id
FROM quality.finding AS f
WHERE
    f.state <> 'fixed' AND f.rule_id = ANY(%(beyond)s::text[]) AND f.parcel_id IS NULL
    AND f.commune_id = ANY(%(commune_ids)s::int[]);
