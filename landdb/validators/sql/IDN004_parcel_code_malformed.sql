-- Which parcels carry a code that does not have the form of a national parcel code?
SELECT
    p.commune_id,
    p.parcel_id,
    jsonb_build_object(
        'reason', CASE WHEN char_length(p.parcel_code) = 12 THEN 'BAD_ALPHABET' ELSE 'BAD_LENGTH' END
    ) AS details
FROM cadastre.parcel AS p
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND p.parcel_code !~ '^[0-9b-hjkmnp-z]{12}$';
