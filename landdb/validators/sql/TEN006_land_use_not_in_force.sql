-- Which land uses are no code in force, or one too general to be counted?
-- The map's label counts only where no certificate states a use.
WITH stated AS (
    SELECT u.parcel_id, u.ordinal, 'use:' || u.ordinal AS which, u.land_use_code, u.land_use_fault, u.area_m2
    FROM cadastre.land_use AS u
    WHERE
        (u.land_use_fault IS NOT NULL OR u.land_use_code IS NULL)
        AND (%(parcel_ids)s::bigint[] IS NULL OR u.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    UNION ALL
    SELECT
        p.parcel_id, 0 AS ordinal, 'label' AS which, array_to_string(p.land_use_codes, '+') AS land_use_code,
        p.land_use_fault, NULL::float8 AS area_m2
    FROM cadastre.parcel AS p
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND p.land_use_label IS NOT NULL
        AND (p.land_use_fault IS NOT NULL OR p.land_use_codes IS NULL)
        AND NOT EXISTS (SELECT 1 FROM cadastre.land_use AS u WHERE u.parcel_id = p.parcel_id)
)

SELECT
    p.commune_id,
    p.parcel_id,
    u.which,
    u.area_m2,
    jsonb_build_object(
        'reason', coalesce(u.land_use_fault, 'UNREADABLE'), 'land_use_code', u.land_use_code, 'ordinal', u.ordinal
    ) AS details
FROM stated AS u
INNER JOIN cadastre.parcel AS p ON u.parcel_id = p.parcel_id
WHERE p.commune_id = ANY(%(commune_ids)s::int[]);
