-- Which addresses and labels of parcels are no readable text: an old font, letters lost, control characters,
-- accents apart from their letters, a filler?
-- strange: characters that Vietnamese does not have and the old fonts used as letters.
SELECT
    p.commune_id,
    p.parcel_id,
    told.field AS which,
    jsonb_build_object('reason', told.reason, 'field', told.field) AS details
FROM cadastre.parcel AS p
CROSS JOIN LATERAL (
    SELECT
        one.field,
        CASE
            WHEN one.text ~ '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]' THEN 'CONTROL_CHARACTER'
            WHEN one.text ~ '\ufffd|[[:alpha:]]\?[[:alpha:]]' THEN 'LOST_LETTERS'
            WHEN one.text IS NOT NFC NORMALIZED THEN 'NOT_COMPOSED'
            WHEN one.text ~ %(undecoded)s THEN 'UNDECODED'
            WHEN lower(btrim(one.text)) ~ '^([^[:alnum:]]*|[xz]{2,}|n/?a|null|none|test|không rõ|chưa rõ|khuyết)$'
                THEN 'PLACEHOLDER'
        END AS reason
    FROM (VALUES ('address', p.address), ('label', p.land_use_label)) AS one (field, text)
    WHERE one.text IS NOT NULL
) AS told
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND told.reason IS NOT NULL;
