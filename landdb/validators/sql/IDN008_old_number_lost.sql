-- On which sheets do most parcels have their old number and some have lost it?
SELECT
    s.commune_id,
    NULL::bigint AS parcel_id,
    s.sheet_no AS subject,
    kept.first_lost_id AS at_parcel_id,
    kept.lost::float8 AS measure,
    jsonb_build_object('lost', kept.lost, 'parcels', kept.parcels) AS details
FROM (
    SELECT
        p.sheet_id,
        count(*) AS parcels,
        count(*) FILTER (WHERE p.old_parcel_no IS NULL) AS lost,
        min(p.parcel_id) FILTER (WHERE p.old_parcel_no IS NULL) AS first_lost_id
    FROM cadastre.parcel AS p
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR p.sheet_id = ANY(ARRAY(
                SELECT q.sheet_id FROM cadastre.parcel AS q WHERE q.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
    GROUP BY p.sheet_id
    HAVING count(p.old_parcel_no) < count(*) AND count(p.old_parcel_no) >= %(least_share)s * count(*)
) AS kept
INNER JOIN cadastre.sheet AS s ON kept.sheet_id = s.sheet_id;
