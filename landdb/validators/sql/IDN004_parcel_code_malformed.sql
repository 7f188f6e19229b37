-- Which parcels carry a code that does not have the form of a national parcel code?
SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    1::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object(
        'reason', CASE WHEN char_length(p.parcel_code) = 12 THEN 'BAD_ALPHABET' ELSE 'BAD_LENGTH' END
    ) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE
    p.commune_id = %(commune_id)s
    AND p.parcel_code !~ '^[0-9b-hjkmnp-z]{12}$'
ORDER BY p.parcel_id;
