-- Which parcels carry the number of another parcel that was closed before? Numbers are never given again.
SELECT DISTINCT
    p.commune_id,
    p.parcel_id,
    jsonb_build_object('earlier_parcel_id', max(h.parcel_id) OVER (PARTITION BY p.parcel_id)) AS details
FROM cadastre.parcel_history AS h
INNER JOIN cadastre.parcel AS p
    ON h.sheet_id = p.sheet_id AND h.parcel_no = p.parcel_no AND h.parcel_id <> p.parcel_id
WHERE
    h.superseded_at = 'infinity'
    AND p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM cadastre.parcel AS alive WHERE alive.parcel_id = h.parcel_id);
