-- Which parcels are still in force although others were made from them?
SELECT DISTINCT
    p.commune_id,
    p.parcel_id,
    jsonb_build_object('kind', line.kind, 'children', count(*) OVER (PARTITION BY p.parcel_id)) AS details
FROM cadastre.parcel_lineage AS line
INNER JOIN cadastre.parcel AS p ON line.parent_id = p.parcel_id
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]));
