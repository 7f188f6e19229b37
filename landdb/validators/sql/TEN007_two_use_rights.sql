-- On which parcels do two use rights each claim the whole, because neither names a part?
-- Co-users may each have a paper of their own, so rights held in common are left out.
WITH undivided AS (
    SELECT h.commune_id, h.parcel_id, h.baunit_id, h.rrr_id, array_agg(h.party_id ORDER BY h.party_id) AS party_ids
    FROM registry.holding AS h
    WHERE
        h.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR h.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND h.rrr_kind = 'USE_RIGHT'
        AND h.holder_group <> 'CO_USERS'
        AND h.numerator IS NULL
        AND EXISTS (
            SELECT 1
            FROM registry.baunit_parcel AS other
            WHERE other.parcel_id = h.parcel_id AND other.baunit_id <> h.baunit_id
        )
    GROUP BY h.commune_id, h.parcel_id, h.baunit_id, h.rrr_id
)

SELECT
    u.commune_id,
    u.parcel_id,
    count(*)::float8 AS measure,
    jsonb_build_object(
        'reason', CASE
            WHEN count(DISTINCT u.party_ids) = 1 THEN 'SAME_HOLDERS_TWICE' ELSE 'DIFFERENT_HOLDERS'
        END,
        'rights', count(*), 'certificates', count(c.certificate_id)
    ) AS details
FROM undivided AS u
LEFT JOIN registry.certificate AS c ON u.baunit_id = c.baunit_id
GROUP BY u.commune_id, u.parcel_id
HAVING count(DISTINCT u.baunit_id) > 1;
