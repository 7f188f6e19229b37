-- Which certificates state another area for a parcel than the survey, or than the legal area on record, beyond the
-- legal limit? Where the legal area itself differs so much from the survey, ARE002 has told it.
-- area_limits: bands of Circular 26/2024, each a straight piece of the limit from one area to another.
WITH band AS MATERIALIZED (
    SELECT b.scale, b.from_m2, b.to_m2, b.limit_m2, b.slope
    FROM jsonb_to_recordset(%(area_limits)s) AS b (
        scale int, from_m2 float8, to_m2 float8, limit_m2 float8, slope float8
    )
),

stated AS MATERIALIZED (
    SELECT
        p.commune_id,
        p.parcel_id,
        link.baunit_id,
        greatest(link.certificate_area_m2, 0) AS certificate_area_m2,
        coalesce(p.registered_area_m2, p.computed_area_m2) - link.certificate_area_m2 AS difference_m2,
        p.legal_area_m2 - link.certificate_area_m2 AS contradiction_m2,
        coalesce(p.registered_area_m2, p.computed_area_m2) - p.legal_area_m2 AS told_difference_m2,
        s.scale_denominator,
        CASE
            WHEN s.scale_denominator IN (SELECT band.scale FROM band) THEN s.scale_denominator
            ELSE %(default_scale)s
        END AS scale
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    INNER JOIN registry.baunit_parcel AS link ON p.parcel_id = link.parcel_id
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        -- no limit of the table is smaller: most end here
        AND greatest(
            abs(p.legal_area_m2 - link.certificate_area_m2),
            abs(coalesce(p.registered_area_m2, p.computed_area_m2) - link.certificate_area_m2)
        ) > (SELECT min(band.limit_m2) FROM band)
)

SELECT
    t.commune_id,
    t.parcel_id,
    coalesce('certificate:' || c.certificate_id, 'baunit:' || t.baunit_id) AS which,
    CASE WHEN told.reason = 'CONTRADICTS_LEGAL' THEN t.contradiction_m2 ELSE t.difference_m2 END AS measure,
    jsonb_build_object(
        'reason', told.reason, 'area_limit_m2', round(allowed.m2::numeric, 4),
        'scale_denominator', t.scale_denominator
    ) AS details
FROM stated AS t
LEFT JOIN registry.certificate AS c ON t.baunit_id = c.baunit_id
INNER JOIN band AS b ON t.scale = b.scale AND t.certificate_area_m2 >= b.from_m2 AND t.certificate_area_m2 < b.to_m2
CROSS JOIN LATERAL (SELECT b.limit_m2 + (t.certificate_area_m2 - b.from_m2) * b.slope AS m2) AS allowed
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN abs(t.contradiction_m2) > allowed.m2 THEN 'CONTRADICTS_LEGAL'
            WHEN abs(t.difference_m2) > allowed.m2 AND coalesce(abs(t.told_difference_m2) <= allowed.m2, true)
                THEN 'AGAINST_SURVEY'
        END AS reason
) AS told
WHERE told.reason IS NOT NULL;
