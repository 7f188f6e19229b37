-- Which parcel codes point to a place outside their parcel? The code's own cell counts in its favour.
-- Malformed codes are IDN004's; they must not reach the decoder, hence the materialised step.
WITH coded AS MATERIALIZED (
    SELECT
        p.commune_id,
        p.parcel_id,
        p.parcel_code,
        p.geom_4326
    FROM cadastre.parcel AS p
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND p.geom_4326 IS NOT NULL
        AND p.parcel_code ~ '^[0-9b-hjkmnp-z]{12}$'
),

placed AS MATERIALIZED (
    SELECT
        c.commune_id,
        c.parcel_id,
        c.geom_4326,
        ST_SetSRID(ST_GeomFromGeoHash(c.parcel_code), 4326) AS cell
    FROM coded AS c
),

outside AS MATERIALIZED (
    SELECT o.commune_id, o.parcel_id, o.geom_4326, o.cell
    FROM placed AS o
    WHERE NOT ST_Intersects(o.geom_4326, o.cell)
)

SELECT
    o.commune_id,
    o.parcel_id,
    away.distance_m AS measure,
    jsonb_build_object(
        'code_lon', round(ST_X(ST_Centroid(o.cell))::numeric, 7),
        'code_lat', round(ST_Y(ST_Centroid(o.cell))::numeric, 7)
    ) AS details
FROM outside AS o
CROSS JOIN LATERAL (
    SELECT ST_Distance(o.geom_4326::geography, o.cell::geography) AS distance_m
) AS away
WHERE away.distance_m > %(code_tolerance_m)s;
