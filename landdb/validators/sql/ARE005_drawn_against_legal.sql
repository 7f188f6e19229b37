-- Which parcels are drawn with another area than their legal one, beyond the limit, though the registered area lies
-- between the two, within the limit of either? (Where it does not, ARE001 or ARE002 has told so.)
-- area_limits: bands of Circular 26/2024, each a straight piece of the limit from one area to another.
WITH band AS MATERIALIZED (
    SELECT b.scale, b.from_m2, b.to_m2, b.limit_m2, b.slope
    FROM jsonb_to_recordset(%(area_limits)s) AS b (
        scale int, from_m2 float8, to_m2 float8, limit_m2 float8, slope float8
    )
),

compared AS MATERIALIZED (
    SELECT
        p.commune_id,
        p.parcel_id,
        greatest(p.legal_area_m2, 0) AS legal_area_m2,
        p.computed_area_m2 - p.legal_area_m2 AS difference_m2,
        greatest(
            abs(p.registered_area_m2 - p.legal_area_m2), abs(p.computed_area_m2 - p.registered_area_m2)
        ) AS told_difference_m2,
        s.scale_denominator,
        CASE
            WHEN s.scale_denominator IN (SELECT band.scale FROM band) THEN s.scale_denominator
            ELSE %(default_scale)s
        END AS scale
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND p.registered_area_m2 IS NOT NULL
        AND abs(p.computed_area_m2 - p.legal_area_m2) > (SELECT min(band.limit_m2) FROM band)
)

SELECT
    c.commune_id,
    c.parcel_id,
    c.difference_m2 AS measure,
    jsonb_build_object(
        'area_limit_m2', round(allowed.m2::numeric, 4), 'scale_denominator', c.scale_denominator
    ) AS details
FROM compared AS c
INNER JOIN band AS b ON c.scale = b.scale AND c.legal_area_m2 >= b.from_m2 AND c.legal_area_m2 < b.to_m2
CROSS JOIN LATERAL (SELECT b.limit_m2 + (c.legal_area_m2 - b.from_m2) * b.slope AS m2) AS allowed
WHERE abs(c.difference_m2) > allowed.m2 AND c.told_difference_m2 <= allowed.m2;
