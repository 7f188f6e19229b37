-- Which sheets lie in the territory of another commune? Five parcels of each sheet are asked.
-- Sheets that lie in no commune's territory are ADM001's and ADM003's.
WITH sampled AS (
    SELECT s.commune_id, s.sheet_id, s.sheet_no, one.parcel_id, ST_PointOnSurface(one.geom_4326) AS place
    FROM cadastre.sheet AS s
    INNER JOIN admin.commune_boundary AS own ON s.commune_id = own.commune_id
    CROSS JOIN LATERAL (
        SELECT p.parcel_id, p.geom_4326
        FROM cadastre.parcel AS p
        WHERE p.sheet_id = s.sheet_id AND p.geom_4326 IS NOT NULL
        ORDER BY p.parcel_no
        LIMIT 5
    ) AS one
    WHERE
        s.commune_id = ANY(%(commune_ids)s::int[])
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR s.sheet_id = ANY(ARRAY(
                SELECT p.sheet_id FROM cadastre.parcel AS p WHERE p.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
),

counted AS (
    SELECT
        a.commune_id,
        a.sheet_id,
        a.sheet_no,
        min(a.parcel_id) AS first_id,
        count(*) AS asked,
        array_agg(a.place) AS places
    FROM sampled AS a
    INNER JOIN admin.commune_boundary AS own ON a.commune_id = own.commune_id
    GROUP BY a.commune_id, a.sheet_id, a.sheet_no
    HAVING bool_and(NOT ST_Intersects(own.geom_4326, a.place))
)

SELECT
    k.commune_id,
    NULL::bigint AS parcel_id,
    k.sheet_no AS subject,
    k.first_id AS at_parcel_id,
    k.asked::float8 AS measure,
    jsonb_build_object('other_commune_code', c.commune_code) AS details
FROM counted AS k
CROSS JOIN LATERAL (
    SELECT b.commune_id
    FROM admin.commune_boundary AS b
    WHERE b.commune_id <> k.commune_id AND ST_Intersects(b.geom_4326, ST_Collect(k.places))
    ORDER BY (
        SELECT count(*) FROM unnest(k.places) AS one (place) WHERE ST_Intersects(b.geom_4326, one.place)
    ) DESC, b.commune_id
    LIMIT 1
) AS other
INNER JOIN admin.commune AS c ON other.commune_id = c.commune_id;
