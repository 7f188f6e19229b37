-- Which rights in force hang on nothing, because no parcel belongs to their baunit any more?
SELECT
    b.commune_id,
    NULL::bigint AS parcel_id,
    'right:' || r.rrr_id AS subject,
    (
        SELECT max(was.parcel_id) FROM registry.baunit_parcel_history AS was WHERE was.baunit_id = b.baunit_id
    ) AS at_parcel_id,
    jsonb_build_object('rrr_id', r.rrr_id, 'rrr_kind', r.rrr_kind) AS details
FROM registry.rrr AS r
INNER JOIN registry.baunit AS b ON r.baunit_id = b.baunit_id
WHERE
    b.commune_id = ANY(%(commune_ids)s::int[])
    AND %(parcel_ids)s::bigint[] IS NULL
    AND NOT EXISTS (SELECT 1 FROM registry.baunit_parcel AS link WHERE link.baunit_id = b.baunit_id);
