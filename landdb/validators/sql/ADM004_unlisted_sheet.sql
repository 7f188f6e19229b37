-- Which sheets hold parcels but are not in the commune's list of sheets, once such a list was delivered?
SELECT
    NULL::bigint AS parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no AS subject,
    (
        SELECT ST_PointOnSurface(p.geom)
        FROM cadastre.parcel AS p
        WHERE p.sheet_id = s.sheet_id AND p.geom IS NOT NULL
        ORDER BY p.parcel_id
        LIMIT 1
    ) AS point,
    NULL::geometry AS geom,
    held.parcels::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object('parcels', held.parcels) AS details
FROM cadastre.sheet AS s
CROSS JOIN LATERAL (
    SELECT count(*) AS parcels FROM cadastre.parcel AS p WHERE p.sheet_id = s.sheet_id
) AS held
WHERE
    s.commune_id = %(commune_id)s
    AND s.is_listed = 0
    AND held.parcels > 0
    AND EXISTS (
        SELECT 1 FROM cadastre.sheet AS listed
        WHERE listed.commune_id = %(commune_id)s AND listed.is_listed = 1
    )
ORDER BY s.sheet_no;
