-- Which parcels have a past version that we still believe in force when the present one had begun?
SELECT
    p.commune_id,
    p.parcel_id,
    (h.valid_to - p.valid_from)::float8 AS measure,
    jsonb_build_object('version', h.version, 'valid_to', h.valid_to, 'present_from', p.valid_from) AS details
FROM cadastre.parcel_history AS h
INNER JOIN cadastre.parcel AS p ON h.parcel_id = p.parcel_id
WHERE
    h.superseded_at = 'infinity'
    AND h.valid_to > p.valid_from
    AND isfinite(h.valid_to)
    AND p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
UNION ALL
SELECT
    p.commune_id,
    p.parcel_id,
    NULL::float8 AS measure,
    jsonb_build_object('version', h.version, 'valid_to', NULL, 'present_from', p.valid_from) AS details
FROM cadastre.parcel_history AS h
INNER JOIN cadastre.parcel AS p ON h.parcel_id = p.parcel_id
WHERE
    h.superseded_at = 'infinity'
    AND NOT isfinite(h.valid_to)
    AND p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]));
