-- What is recorded as in force from a day that has not come: a parcel, its uses, its rights?
WITH later AS (
    SELECT p.parcel_id, 'parcel' AS noun, p.valid_from
    FROM cadastre.parcel AS p
    WHERE
        p.valid_from > %(today)s::date
        AND p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    UNION ALL
    SELECT u.parcel_id, 'use:' || u.ordinal AS noun, u.valid_from
    FROM cadastre.land_use AS u
    WHERE
        u.valid_from > %(today)s::date
        AND (%(parcel_ids)s::bigint[] IS NULL OR u.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    UNION ALL
    SELECT link.parcel_id, 'baunit:' || link.baunit_id AS noun, link.valid_from
    FROM registry.baunit_parcel AS link
    WHERE
        link.valid_from > %(today)s::date
        AND (%(parcel_ids)s::bigint[] IS NULL OR link.parcel_id = ANY(%(parcel_ids)s::bigint[]))
)

SELECT
    p.commune_id,
    p.parcel_id,
    later.noun AS which,
    (later.valid_from - %(today)s::date)::float8 AS measure,
    jsonb_build_object('noun', later.noun, 'valid_from', later.valid_from) AS details
FROM later
INNER JOIN cadastre.parcel AS p ON later.parcel_id = p.parcel_id
WHERE p.commune_id = ANY(%(commune_ids)s::int[]);
