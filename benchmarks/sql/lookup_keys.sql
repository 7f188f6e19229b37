-- Keys to ask for, drawn evenly and always the same ones: by the order of a hash.

-- name: parcels
WITH chosen AS MATERIALIZED (
    SELECT *
    FROM cadastre.parcel
    WHERE geom IS NOT NULL
    ORDER BY md5(%(seed)s || parcel_id)
    LIMIT %(count)s
)
SELECT
    p.parcel_id,
    c.commune_code,
    s.sheet_no,
    p.parcel_no,
    p.parcel_code,
    s.srid,
    ST_X(ST_PointOnSurface(p.geom_4326)) AS lon,
    ST_Y(ST_PointOnSurface(p.geom_4326)) AS lat,
    ST_X(ST_PointOnSurface(p.geom)) AS x,
    ST_Y(ST_PointOnSurface(p.geom)) AS y
FROM chosen AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
ORDER BY md5(%(seed)s || p.parcel_id);

-- name: certificates
SELECT serial
FROM registry.certificate
WHERE serial IS NOT NULL
ORDER BY md5(%(seed)s || certificate_id)
LIMIT %(count)s;

-- name: people
SELECT party_key, citizen_id_enc, citizen_id_index
FROM party.party
WHERE citizen_id_index IS NOT NULL
ORDER BY md5(%(seed)s || party_id)
LIMIT %(count)s;

-- name: organisations
SELECT DISTINCT ON (md5(%(seed)s || org_no)) org_no
FROM party.party
WHERE org_no IS NOT NULL
ORDER BY md5(%(seed)s || org_no)
LIMIT %(count)s;

-- name: largest_organisation
SELECT p.org_no
FROM party.party AS p
INNER JOIN registry.share AS s ON p.party_id = s.party_id
WHERE p.org_no IS NOT NULL
GROUP BY p.org_no
ORDER BY count(*) DESC, p.org_no
LIMIT 1;

-- name: moved_sheets
-- Old numbers of parcels whose whole sheet the crosswalk names.
SELECT x.old_commune_code, x.old_sheet_no, p.parcel_no AS old_parcel_no
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON s.commune_id = c.commune_id
INNER JOIN cadastre.sheet_crosswalk AS x ON c.commune_code = x.commune_code AND s.sheet_no = x.sheet_no
WHERE x.old_parcel_no IS NULL
ORDER BY md5(%(seed)s || p.parcel_id)
LIMIT %(count)s;

-- name: moved_parcels
-- Old numbers that the crosswalk names one by one.
SELECT old_commune_code, old_sheet_no, old_parcel_no
FROM cadastre.sheet_crosswalk
WHERE old_parcel_no IS NOT NULL
ORDER BY md5(%(seed)s || crosswalk_id)
LIMIT %(count)s;

-- name: recorded_parcels
-- Old numbers that only the parcels themselves carry.
SELECT o.commune_code AS old_commune_code, p.old_sheet_no, p.old_parcel_no
FROM cadastre.parcel AS p
INNER JOIN admin.commune_succession AS u ON p.commune_id = u.new_commune_id
INNER JOIN admin.commune AS o ON u.old_commune_id = o.commune_id
WHERE
    p.old_parcel_no IS NOT NULL
    AND NOT EXISTS (SELECT FROM cadastre.sheet_crosswalk AS x WHERE x.old_commune_code = o.commune_code)
ORDER BY md5(%(seed)s || p.parcel_id)
LIMIT %(count)s;

-- name: rows
SELECT n.nspname || '.' || c.relname AS name, c.reltuples::bigint AS estimate
FROM pg_class AS c
INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
WHERE c.relkind = 'r' AND n.nspname IN ('admin', 'cadastre', 'registry', 'party', 'quality', 'staging');

-- name: prepared
SELECT name, generic_plans, custom_plans
FROM pg_prepared_statements
WHERE statement = %(statement)s
ORDER BY generic_plans + custom_plans DESC
LIMIT 1;
