-- What is recorded as in force from a day that has not come: a parcel, its uses, its rights?
SELECT
    p.commune_id,
    p.parcel_id,
    later.noun AS which,
    (later.valid_from - %(today)s::date)::float8 AS measure,
    jsonb_build_object('noun', later.noun, 'valid_from', later.valid_from) AS details
FROM (
    SELECT q.parcel_id, 'parcel' AS noun, q.valid_from
    FROM cadastre.parcel AS q
    WHERE q.valid_from > %(today)s::date
    UNION ALL
    SELECT u.parcel_id, 'use:' || u.ordinal AS noun, u.valid_from
    FROM cadastre.land_use AS u
    WHERE u.valid_from > %(today)s::date
    UNION ALL
    SELECT link.parcel_id, 'baunit:' || link.baunit_id AS noun, link.valid_from
    FROM registry.baunit_parcel AS link
    WHERE link.valid_from > %(today)s::date
) AS later
INNER JOIN cadastre.parcel AS p ON later.parcel_id = p.parcel_id
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]));
