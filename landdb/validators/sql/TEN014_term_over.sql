-- On which parcels has the term of a land use ended?
SELECT
    p.commune_id,
    p.parcel_id,
    'use:' || u.ordinal AS which,
    (%(today)s::date - u.expires_on)::float8 AS measure,
    u.area_m2,
    jsonb_build_object('expires_on', u.expires_on, 'land_use_code', u.land_use_code) AS details
FROM cadastre.land_use AS u
INNER JOIN cadastre.parcel AS p ON u.parcel_id = p.parcel_id
WHERE
    u.expires_on < %(today)s::date
    AND p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]));
