-- Which parcels carry a number that is no plain positive whole number?
SELECT
    p.commune_id,
    p.parcel_id,
    jsonb_build_object(
        'reason', CASE
            WHEN p.parcel_no ~ '^0+$' THEN 'ZERO'
            WHEN p.parcel_no ~ '^[0-9]+([ ]*[-,;+&][ ]*[0-9]+)+$' THEN 'SEVERAL_NUMBERS'
            ELSE 'NOT_A_NUMBER'
        END
    ) AS details
FROM cadastre.parcel AS p
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND p.parcel_no !~ '^[1-9][0-9]*$';
