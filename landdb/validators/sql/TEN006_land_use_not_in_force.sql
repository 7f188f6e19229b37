-- Which land uses are no code in force, or one too general to be counted?
-- The map's label counts only where no certificate states a use.
WITH stated AS (
    SELECT u.parcel_id, u.ordinal, ' use:' || u.ordinal AS which, u.land_use_code, u.land_use_fault, u.area_m2
    FROM cadastre.land_use AS u
    UNION ALL
    SELECT
        p.parcel_id, 0 AS ordinal, ' label' AS which, array_to_string(p.land_use_codes, '+') AS land_use_code,
        p.land_use_fault, NULL::float8 AS area_m2
    FROM cadastre.parcel AS p
    WHERE p.land_use_label IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM cadastre.land_use AS u WHERE u.parcel_id = p.parcel_id)
)

SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no || u.which AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    1::float8 AS measure,
    u.area_m2,
    jsonb_build_object(
        'reason', coalesce(u.land_use_fault, 'UNREADABLE'), 'land_use_code', u.land_use_code, 'ordinal', u.ordinal
    ) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN stated AS u ON p.parcel_id = u.parcel_id
WHERE
    p.commune_id = %(commune_id)s
    AND (u.land_use_fault IS NOT NULL OR u.land_use_code IS NULL)
ORDER BY p.parcel_id, u.ordinal;
