-- Which sheets hold parcels but are not in the commune's list of sheets, once such a list was delivered?
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
    AND s.is_listed = 0
    AND held.parcels > 0
    AND EXISTS (
        SELECT 1 FROM cadastre.sheet AS listed
        WHERE listed.commune_id = s.commune_id AND listed.is_listed = 1
    );
