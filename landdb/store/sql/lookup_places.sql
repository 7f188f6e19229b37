-- Communes and map boxes: answers that hold no person.

-- name: in_box
-- Features for a map, cheap to write: text is put together, only free text is escaped.
WITH page AS MATERIALIZED (
    SELECT v.parcel_id, v.parcel_code, v.parcel_no, v.sheet_id, v.commune_id, v.legal_area_m2, v.geom_4326
    FROM $parcel AS v
    WHERE
        v.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
        AND v.parcel_id > %(after)s
    ORDER BY v.parcel_id
    LIMIT %(limit)s
)
SELECT
    count(*)::int AS parcels,
    max(p.parcel_id) AS last_parcel_id,
    ('[' || coalesce(string_agg(
        '{"type":"Feature","id":' || p.parcel_id
        || ',"geometry":' || ST_AsGeoJSON(p.geom_4326, 8)
        || ',"properties":{"parcel_id":' || p.parcel_id
        || ',"parcel_code":' || coalesce(to_json(p.parcel_code)::text, 'null')
        || ',"commune_code":' || to_json(c.commune_code)
        || ',"sheet_no":' || to_json(s.sheet_no)
        || ',"parcel_no":' || to_json(p.parcel_no)
        || ',"legal_area_m2":' || coalesce(to_json(p.legal_area_m2)::text, 'null')
        || '}}',
        ',' ORDER BY p.parcel_id
    ), '') || ']')::json AS answer
FROM page AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id

-- name: missing
-- Why does a number lead nowhere: is the commune unknown at that date, the sheet, or only the parcel?
SELECT
    bool_or(true) AS has_commune,
    coalesce(bool_or(EXISTS(
        SELECT 1 FROM cadastre.sheet AS s WHERE s.commune_id = c.commune_id AND s.sheet_no = %(sheet_no)s
    )), false) AS has_sheet
FROM admin.commune AS c
WHERE c.commune_code = %(commune_code)s AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date

-- name: communes
SELECT
    count(*)::int AS communes,
    max(page.commune_id) AS last_commune_id,
    coalesce(json_agg(page.commune ORDER BY page.commune_id), '[]'::json) AS answer
FROM (
    SELECT
        c.commune_id,
        json_build_object(
            'code', c.commune_code,
            'name', c.name,
            'kind', c.kind,
            'district_name', c.district_name,
            'province_code', c.province_code,
            'valid_from', nullif(c.valid_from, '-infinity'),
            'valid_to', nullif(c.valid_to, 'infinity'),
            'lon', c.lon,
            'lat', c.lat
        ) AS commune
    FROM admin.commune AS c
    WHERE
        daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
        AND $place
        AND c.commune_id > %(after)s
    ORDER BY c.commune_id
    LIMIT %(limit)s
) AS page

-- name: commune
SELECT json_build_object(
    'code', c.commune_code,
    'name', c.name,
    'kind', c.kind,
    'district_name', c.district_name,
    'province', json_build_object('code', c.province_code, 'name', (
        SELECT p.name
        FROM admin.province AS p
        WHERE p.province_code = c.province_code AND p.valid_from <= %(valid_on)s AND %(valid_on)s < p.valid_to
    )),
    'valid_from', nullif(c.valid_from, '-infinity'),
    'valid_to', nullif(c.valid_to, 'infinity'),
    'lon', c.lon,
    'lat', c.lat,
    'area_km2', c.area_km2,
    'predecessors', (
        SELECT coalesce(json_agg(json_build_object(
            'code', o.commune_code, 'name', o.name, 'kind', o.kind, 'is_divided', u.is_divided
        ) ORDER BY o.commune_code), '[]'::json)
        FROM admin.commune_succession AS u
        INNER JOIN admin.commune AS o ON u.old_commune_id = o.commune_id
        WHERE u.new_commune_id = c.commune_id
    ),
    'successors', (
        SELECT coalesce(json_agg(json_build_object(
            'code', o.commune_code, 'name', o.name, 'kind', o.kind, 'is_divided', u.is_divided
        ) ORDER BY o.commune_code), '[]'::json)
        FROM admin.commune_succession AS u
        INNER JOIN admin.commune AS o ON u.new_commune_id = o.commune_id
        WHERE u.old_commune_id = c.commune_id
    ),
    'sheets', (
        SELECT coalesce(json_agg(json_build_object(
            'sheet_no', s.sheet_no, 'scale_denominator', s.scale_denominator, 'srid', s.srid
        ) ORDER BY length(s.sheet_no), s.sheet_no), '[]'::json)
        FROM cadastre.sheet AS s
        WHERE s.commune_id = c.commune_id
    )
) AS answer
FROM admin.commune AS c
WHERE c.commune_code = %(commune_code)s AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
