-- Which parcel codes point to a place outside their parcel? The code's own cell counts in its favour.
-- Malformed codes are IDN004's; they must not reach the decoder, hence the materialised step.
WITH coded AS MATERIALIZED (
    SELECT
        p.parcel_id,
        s.sheet_no || '/' || p.parcel_no AS subject,
        p.parcel_code,
        p.geom,
        p.geom_4326
    FROM cadastre.parcel AS p
    INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
    WHERE
        p.commune_id = %(commune_id)s
        AND p.geom_4326 IS NOT NULL
        AND p.parcel_code ~ '^[0-9b-hjkmnp-z]{12}$'
),

placed AS MATERIALIZED (
    SELECT
        c.parcel_id,
        c.subject,
        c.geom,
        c.geom_4326,
        ST_SetSRID(ST_GeomFromGeoHash(c.parcel_code), 4326) AS cell
    FROM coded AS c
)

SELECT
    o.parcel_id,
    NULL::bigint AS other_parcel_id,
    o.subject,
    ST_PointOnSurface(o.geom) AS point,
    NULL::geometry AS geom,
    away.distance_m AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object(
        'code_lon', round(ST_X(ST_Centroid(o.cell))::numeric, 7),
        'code_lat', round(ST_Y(ST_Centroid(o.cell))::numeric, 7)
    ) AS details
FROM placed AS o
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN ST_Intersects(o.geom_4326, o.cell) THEN 0
            ELSE ST_Distance(o.geom_4326::geography, o.cell::geography)
        END AS distance_m
) AS away
WHERE away.distance_m > %(code_tolerance_m)s
ORDER BY o.parcel_id;
