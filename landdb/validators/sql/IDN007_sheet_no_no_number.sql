-- Which sheets carry a number that is no plain positive whole number, as old and forest maps do?
SELECT
    s.commune_id,
    NULL::bigint AS parcel_id,
    s.sheet_no AS subject,
    held.first_id AS at_parcel_id,
    held.parcels::float8 AS measure,
    jsonb_build_object('parcels', held.parcels) AS details
FROM cadastre.sheet AS s
CROSS JOIN LATERAL (
    SELECT count(*) AS parcels, min(p.parcel_id) AS first_id FROM cadastre.parcel AS p WHERE p.sheet_id = s.sheet_id
) AS held
WHERE
    s.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR s.sheet_id = ANY(ARRAY(
            SELECT p.sheet_id FROM cadastre.parcel AS p WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
    AND s.sheet_no !~ '^[1-9][0-9]*$'
    AND held.parcels > 0;
