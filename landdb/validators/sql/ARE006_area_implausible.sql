-- Which areas on record are no areas in square metres: not positive, or the drawn area in another unit?
-- A hectare has 10,000 m², a northern sào 360, a central sào 500.
SELECT
    p.commune_id,
    p.parcel_id,
    told.field AS which,
    told.area_m2 AS measure,
    jsonb_build_object('reason', told.reason, 'field', told.field) AS details
FROM cadastre.parcel AS p
CROSS JOIN LATERAL (
    SELECT
        one.field,
        one.area_m2,
        CASE
            WHEN one.area_m2 <= 0 THEN 'NOT_POSITIVE'
            WHEN abs(p.computed_area_m2 / nullif(one.area_m2, 0) / 10000 - 1) < %(unit_tolerance)s THEN 'HECTARES'
            WHEN abs(p.computed_area_m2 / nullif(one.area_m2, 0) / 360 - 1) < %(unit_tolerance)s THEN 'SAO_360'
            WHEN abs(p.computed_area_m2 / nullif(one.area_m2, 0) / 500 - 1) < %(unit_tolerance)s THEN 'SAO_500'
        END AS reason
    FROM (VALUES ('registered', p.registered_area_m2), ('legal', p.legal_area_m2)) AS one (field, area_m2)
) AS told
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    -- nearly every parcel ends here, before the units are tried
    AND least(p.registered_area_m2, p.legal_area_m2) < greatest(p.computed_area_m2 / 300, 0.000001)
    AND told.reason IS NOT NULL;
