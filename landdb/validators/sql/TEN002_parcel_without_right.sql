-- Which parcels have neither a use right nor a management right, once the commune's rights were delivered?
SELECT
    p.commune_id,
    p.parcel_id,
    '{}'::jsonb AS details
FROM cadastre.parcel AS p
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND NOT EXISTS (
        SELECT 1
        FROM registry.baunit_parcel AS link
        INNER JOIN registry.rrr AS r ON link.baunit_id = r.baunit_id
        WHERE link.parcel_id = p.parcel_id AND r.rrr_kind IN ('USE_RIGHT', 'MANAGEMENT')
    )
    AND p.commune_id = ANY(ARRAY(
        SELECT c.commune_id
        FROM unnest(%(commune_ids)s::int[]) AS c (commune_id)
        WHERE EXISTS (
            SELECT 1
            FROM registry.baunit AS b
            INNER JOIN registry.rrr AS r ON b.baunit_id = r.baunit_id
            WHERE b.commune_id = c.commune_id
        )
    ));
