-- Which parcels carry a code that another parcel carries too, here or in another commune?
-- Pairs inside the commune appear once; `+ 0` keeps the planner from walking the primary key per row.
SELECT
    p.commune_id,
    p.parcel_id,
    other.parcel_id AS other_parcel_id,
    2::float8 AS measure,
    jsonb_build_object('parcel_code', p.parcel_code, 'other_commune_code', c.commune_code) AS details
FROM cadastre.parcel AS p
INNER JOIN cadastre.parcel AS other
    ON
        p.parcel_code = other.parcel_code
        AND (p.commune_id <> other.commune_id OR p.parcel_id + 0 < other.parcel_id + 0)
INNER JOIN admin.commune AS c ON other.commune_id = c.commune_id
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR p.parcel_code = ANY(ARRAY(
            SELECT q.parcel_code FROM cadastre.parcel AS q WHERE q.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    );
