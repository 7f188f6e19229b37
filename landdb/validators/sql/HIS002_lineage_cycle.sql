-- Which parcels descend from themselves?
-- Only a parcel that is both somebody's child and somebody's parent can.
WITH RECURSIVE inner_line AS MATERIALIZED (
    SELECT line.parent_id, line.child_id, t.commune_id
    FROM cadastre.parcel_lineage AS line
    INNER JOIN registry.transaction AS t ON line.transaction_id = t.transaction_id
    WHERE
        line.parent_id IN (SELECT l.child_id FROM cadastre.parcel_lineage AS l)
        AND line.child_id IN (SELECT l.parent_id FROM cadastre.parcel_lineage AS l)
),

walk AS (
    SELECT l.parent_id AS start_id, l.child_id AS at_id
    FROM inner_line AS l
    WHERE
        l.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR l.parent_id = ANY(%(parcel_ids)s::bigint[]))
    UNION
    SELECT w.start_id, l.child_id AS at_id
    FROM walk AS w
    INNER JOIN inner_line AS l ON w.at_id = l.parent_id
)

SELECT DISTINCT
    l.commune_id,
    p.parcel_id,
    CASE WHEN p.parcel_id IS NULL THEN 'parcel:' || w.start_id END AS subject,
    jsonb_build_object('ancestor_id', w.start_id) AS details
FROM walk AS w
INNER JOIN inner_line AS l ON w.start_id = l.parent_id
LEFT JOIN cadastre.parcel AS p ON w.start_id = p.parcel_id
WHERE w.at_id = w.start_id;
