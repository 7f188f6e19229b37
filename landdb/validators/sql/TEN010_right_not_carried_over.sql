-- Which parcels came from parents with a use right and have none themselves? Which restrictions of a parent that
-- is no more lie on none of its children, though nothing lifted them?
WITH born AS (
    SELECT line.parent_id, line.child_id, p.commune_id
    FROM cadastre.parcel_lineage AS line
    INNER JOIN cadastre.parcel AS p ON line.child_id = p.parcel_id
    WHERE
        p.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND NOT EXISTS (SELECT 1 FROM cadastre.parcel AS alive WHERE alive.parcel_id = line.parent_id)
),

lost AS (
    SELECT DISTINCT b.commune_id, b.child_id, 'NO_RIGHT_ON_CHILD' AS reason
    FROM born AS b
    INNER JOIN registry.baunit_parcel_history AS was ON b.parent_id = was.parcel_id
    INNER JOIN registry.rrr AS r ON was.baunit_id = r.baunit_id AND r.rrr_kind = 'USE_RIGHT'
    WHERE
        was.superseded_at = 'infinity'
        AND NOT EXISTS (
            SELECT 1 FROM registry.holding AS h WHERE h.parcel_id = b.child_id AND h.rrr_kind = 'USE_RIGHT'
        )
    UNION ALL
    SELECT DISTINCT b.commune_id, b.child_id, 'RESTRICTION_STAYED_BEHIND' AS reason
    FROM born AS b
    INNER JOIN registry.restriction AS r ON b.parent_id = r.parcel_id
)

SELECT
    l.commune_id,
    l.child_id AS parcel_id,
    l.reason AS which,
    jsonb_build_object('reason', l.reason) AS details
FROM lost AS l;
