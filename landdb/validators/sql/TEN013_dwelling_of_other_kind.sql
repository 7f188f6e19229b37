-- In which wards are dwellings recorded as rural (ONT), in which communes as urban (ODT)? One number per commune.
-- A merger that made a ward leaves certificates as they are, so this only counts.
SELECT
    p.commune_id,
    NULL::bigint AS parcel_id,
    'commune ' || u.land_use_code AS subject,
    count(DISTINCT p.parcel_id)::float8 AS measure,
    jsonb_build_object('land_use_code', u.land_use_code, 'commune_kind', c.kind) AS details
FROM cadastre.land_use AS u
INNER JOIN cadastre.parcel AS p ON u.parcel_id = p.parcel_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND %(parcel_ids)s::bigint[] IS NULL
    AND CASE c.kind WHEN 'phường' THEN u.land_use_code = 'ONT' ELSE u.land_use_code = 'ODT' END
GROUP BY p.commune_id, u.land_use_code, c.kind;
