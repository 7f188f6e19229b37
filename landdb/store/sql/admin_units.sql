-- name: copy_communes
COPY admin.commune (
    commune_code, name, name_folded, kind, district_name, province_code, valid_from, valid_to, lon, lat, area_km2
) FROM STDIN;

-- name: insert_succession
-- The packaged pairs are those of 1 July 2025; a commune may have been renamed since.
INSERT INTO admin.commune_succession (old_commune_id, new_commune_id, is_divided)
SELECT o.commune_id, n.commune_id, bool_or(pair.divided)
FROM unnest(%(old_codes)s::text[], %(new_codes)s::text[], %(divided)s::boolean[]) AS pair (old_code, new_code, divided)
JOIN admin.commune AS o ON o.commune_code = pair.old_code AND o.valid_to = '2025-07-01'
JOIN admin.commune AS n ON n.commune_code = pair.new_code AND n.valid_from = '2025-07-01'
GROUP BY o.commune_id, n.commune_id;

-- name: get_commune
SELECT commune_id, commune_code, name, kind, province_code, lon, lat, area_km2
FROM admin.commune
WHERE commune_code = %(commune_code)s AND valid_to = 'infinity';

-- name: list_communes
SELECT c.commune_id, c.commune_code, c.name, c.kind, c.province_code, c.lon, c.lat, c.area_km2
FROM admin.commune AS c
WHERE c.valid_to = 'infinity'
  AND (%(name)s::text IS NULL OR c.name_folded LIKE %(name)s)
  AND (NOT %(with_parcels)s OR EXISTS (SELECT FROM cadastre.parcel AS p WHERE p.commune_id = c.commune_id))
ORDER BY c.commune_code;

-- name: add_commune
INSERT INTO admin.commune (
    commune_code, name, name_folded, kind, province_code, valid_from, valid_to, lon, lat, area_km2, is_local
)
SELECT
    %(commune_code)s, %(name)s, %(name_folded)s, %(kind)s, %(province_code)s, %(valid_from)s::date, 'infinity',
    %(lon)s, %(lat)s, %(area_km2)s, true
WHERE NOT EXISTS (
    SELECT FROM admin.commune AS c WHERE c.commune_code = %(commune_code)s AND c.valid_to = 'infinity'
);

-- name: list_codes
SELECT commune_code FROM admin.commune WHERE commune_id = ANY(%(commune_ids)s::int[])
