-- Which parcels' uses do not add up to the parcel? Where some use has no area, only too much is a fault.
-- Added as numeric: with floating point 29.2 - 28.7 would be more than 0.5. Floats only choose whom to add.
WITH doubtful AS (
    SELECT p.commune_id, p.parcel_id, coalesce(p.registered_area_m2, p.computed_area_m2) AS area_m2
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.land_use AS u ON p.parcel_id = u.parcel_id
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    GROUP BY p.parcel_id
    HAVING abs(sum(u.area_m2) - coalesce(p.registered_area_m2, p.computed_area_m2)) > %(uses_tolerance_m2)s - 0.001
)

SELECT
    d.commune_id,
    d.parcel_id,
    (used.total_m2 - used.parcel_m2)::float8 AS measure,
    jsonb_build_object('uses_m2', used.total_m2, 'parcel_m2', used.parcel_m2, 'uses', used.uses) AS details
FROM doubtful AS d
CROSS JOIN LATERAL (
    SELECT
        round(d.area_m2::numeric, 4) AS parcel_m2,
        sum(u.area_m2::numeric) AS total_m2,
        count(*) AS uses,
        bool_or(u.area_m2 IS NULL) AS is_open
    FROM cadastre.land_use AS u
    WHERE u.parcel_id = d.parcel_id
) AS used
WHERE
    used.total_m2 - used.parcel_m2 > %(uses_tolerance_m2)s::numeric
    OR (NOT used.is_open AND used.parcel_m2 - used.total_m2 > %(uses_tolerance_m2)s::numeric);
