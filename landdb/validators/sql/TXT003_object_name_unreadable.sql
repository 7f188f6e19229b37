-- Which names of roads and waters are no readable text: an old font, letters lost, control characters?
SELECT
    o.commune_id,
    NULL::bigint AS parcel_id,
    'object:' || o.land_object_id AS subject,
    ST_PointOnSurface(o.geom) AS point,
    jsonb_build_object('reason', told.reason, 'object_kind', o.object_kind) AS details
FROM cadastre.land_object AS o
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN o.object_name ~ '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]'
                THEN 'CONTROL_CHARACTER'
            WHEN o.object_name ~ '\ufffd|[[:alpha:]]\?[[:alpha:]]' THEN 'LOST_LETTERS'
            WHEN o.object_name IS NOT NFC NORMALIZED THEN 'NOT_COMPOSED'
            WHEN o.object_name ~ %(undecoded)s THEN 'UNDECODED'
        END AS reason
) AS told
WHERE
    o.commune_id = ANY(%(commune_ids)s::int[])
    AND %(parcel_ids)s::bigint[] IS NULL
    AND told.reason IS NOT NULL;
