-- What an extract prints beside the parcel's own answer, and the record of extracts that were issued.

-- name: around
-- Parcels around a place as of two dates, in the zone that the sketch is drawn in; nothing about anybody.
SELECT
    v.parcel_id,
    s.sheet_no,
    v.parcel_no,
    coalesce(array_to_string(v.land_use_codes, '+'), v.land_use_label) AS land_use,
    ST_AsBinary(CASE WHEN s.srid = %(srid)s THEN v.geom ELSE ST_Transform(v.geom_4326, %(srid)s::int) END) AS geom
FROM cadastre.parcel_as_of(%(valid_at)s::date, coalesce(%(known_at)s::timestamptz, now())) AS v
INNER JOIN cadastre.sheet AS s ON v.sheet_id = s.sheet_id
WHERE
    v.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
    AND v.parcel_id <> %(parcel_id)s
ORDER BY v.parcel_id
LIMIT %(limit)s

-- name: objects_around
SELECT o.object_kind, o.object_name, ST_AsBinary(ST_Transform(o.geom_4326, %(srid)s::int)) AS geom
FROM cadastre.land_object_as_of(%(valid_at)s::date, coalesce(%(known_at)s::timestamptz, now())) AS o
WHERE o.geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
ORDER BY o.land_object_id
LIMIT %(limit)s

-- name: province_name
SELECT p.name
FROM admin.commune AS c
INNER JOIN admin.province AS p ON c.province_code = p.province_code
WHERE
    c.commune_code = %(commune_code)s
    AND c.valid_from <= %(valid_at)s::date AND c.valid_to > %(valid_at)s::date
    AND p.valid_from <= %(valid_at)s::date AND p.valid_to > %(valid_at)s::date
LIMIT 1

-- name: restrictions
SELECT v.restriction_kind, v.rank, v.reference, v.valid_from
FROM registry.restriction_as_of(%(valid_at)s::date, coalesce(%(known_at)s::timestamptz, now())) AS v
WHERE v.parcel_id = %(parcel_id)s
ORDER BY v.restriction_kind, v.rank, v.restriction_id

-- name: note_issued
INSERT INTO registry.extract (
    extract_code, parcel_id, state_tag, language, valid_at, known_at, content_hash, key_id, issued_for_role, issued_at
) VALUES (
    %(extract_code)s, %(parcel_id)s, %(state_tag)s, %(language)s, %(valid_at)s, %(known_at)s, %(content_hash)s,
    %(key_id)s, %(issued_for_role)s, %(issued_at)s
)

-- name: find_issued
SELECT
    x.extract_code, x.parcel_id, x.state_tag, x.language, x.valid_at, x.known_at, x.content_hash, x.key_id,
    x.issued_for_role, x.issued_at
FROM registry.extract AS x
WHERE x.extract_code = %(extract_code)s
