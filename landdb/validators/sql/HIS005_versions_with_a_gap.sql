-- Which parcels were in force, then not, then again, without anything that says why?
WITH told AS (
    SELECT
        h.parcel_id,
        h.valid_to,
        lead(h.valid_from) OVER (PARTITION BY h.parcel_id ORDER BY h.valid_from) AS next_from
    FROM cadastre.parcel_history AS h
    WHERE
        h.superseded_at = 'infinity'
        AND (%(parcel_ids)s::bigint[] IS NULL OR h.parcel_id = ANY(%(parcel_ids)s::bigint[]))
)

SELECT
    p.commune_id,
    p.parcel_id,
    (coalesce(t.next_from, p.valid_from) - t.valid_to)::float8 AS measure,
    jsonb_build_object('from', t.valid_to, 'to', coalesce(t.next_from, p.valid_from)) AS details
FROM told AS t
INNER JOIN cadastre.parcel AS p ON t.parcel_id = p.parcel_id
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND t.valid_to < coalesce(t.next_from, p.valid_from);
