-- Which sheets are kept in a zone that none of their province's maps were ever drawn in?
-- province_zones: (province_code, srid) of every zone a present province or one of its parts has.
WITH zone AS MATERIALIZED (
    SELECT z.province_code, z.srid
    FROM jsonb_to_recordset(%(province_zones)s) AS z (province_code text, srid int)
)

SELECT
    s.commune_id,
    NULL::bigint AS parcel_id,
    s.sheet_no AS subject,
    held.first_id AS at_parcel_id,
    held.parcels::float8 AS measure,
    jsonb_build_object('srid', s.srid, 'province_code', c.province_code) AS details
FROM cadastre.sheet AS s
INNER JOIN admin.commune AS c ON s.commune_id = c.commune_id
CROSS JOIN LATERAL (
    SELECT count(*) AS parcels, min(p.parcel_id) AS first_id FROM cadastre.parcel AS p WHERE p.sheet_id = s.sheet_id
) AS held
WHERE
    s.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR s.sheet_id = ANY(ARRAY(
            SELECT p.sheet_id FROM cadastre.parcel AS p WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
    AND c.province_code IN (SELECT zone.province_code FROM zone)
    AND (c.province_code, s.srid) NOT IN (SELECT zone.province_code, zone.srid FROM zone)
    AND held.parcels > 0;
