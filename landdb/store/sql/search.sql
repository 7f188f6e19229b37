-- What the search box finds: communes by name, parcels by the numbers that a person types. No person is read.

-- name: communes_named
-- Every unit that ever had this name, now and before; the name is as people write it, so accents do not count.
SELECT $commune_found, false AS is_similar
FROM admin.commune AS c
WHERE c.name_folded = %(name_folded)s
ORDER BY c.valid_to DESC, c.commune_code

-- name: communes_coded
SELECT $commune_found, false AS is_similar
FROM admin.commune AS c
WHERE c.commune_code = %(commune_code)s
ORDER BY c.valid_to DESC

-- name: communes_similar
-- Names that a slip of the finger turns into the one typed: the most alike first.
SELECT $commune_found, true AS is_similar
FROM admin.commune AS c
WHERE c.name_folded %% %(name_folded)s
ORDER BY similarity(c.name_folded, %(name_folded)s) DESC, c.valid_to DESC, c.commune_code
LIMIT %(limit)s

-- name: communes_beginning
SELECT $commune_found, false AS is_similar
FROM admin.commune AS c
WHERE c.name_folded LIKE %(name_folded)s || '%%' AND c.valid_to = 'infinity'
ORDER BY EXISTS (SELECT FROM cadastre.sheet AS s WHERE s.commune_id = c.commune_id) DESC, c.name_folded, c.commune_code
LIMIT %(limit)s

-- name: communes_with_sheets
-- The communes that hold maps at all: where a number without a commune can be meant.
SELECT $commune_found, false AS is_similar
FROM admin.commune AS c
WHERE c.commune_id = ANY(ARRAY(SELECT DISTINCT s.commune_id FROM cadastre.sheet AS s)) AND c.valid_to = 'infinity'
ORDER BY c.commune_code
LIMIT %(limit)s

-- name: commune_found
c.commune_id,
c.commune_code AS code,
c.name,
c.kind,
c.district_name AS district,
c.province_code,
(
    SELECT p.name FROM admin.province AS p
    WHERE p.province_code = c.province_code AND p.valid_to >= c.valid_to
    ORDER BY p.valid_to
    LIMIT 1
) AS province,
c.valid_to = 'infinity' AS in_force,
EXISTS (SELECT FROM cadastre.sheet AS s WHERE s.commune_id = c.commune_id) AS has_parcels,
c.lon,
c.lat

-- name: became
-- The communes in force and with maps that these old ones went to.
SELECT DISTINCT u.old_commune_id, u.new_commune_id
FROM admin.commune_succession AS u
INNER JOIN admin.commune AS c ON u.new_commune_id = c.commune_id AND c.valid_to = 'infinity'
WHERE
    u.old_commune_id = ANY(%(commune_ids)s::int[])
    AND EXISTS (SELECT FROM cadastre.sheet AS s WHERE s.commune_id = u.new_commune_id)

-- name: came_from
-- The old communes that a commune in force was made of, by code; those too that only a crosswalk of the sheet names.
SELECT o.commune_code
FROM admin.commune_succession AS u
INNER JOIN admin.commune AS o ON u.old_commune_id = o.commune_id
WHERE u.new_commune_id = ANY(%(commune_ids)s::int[])
UNION
SELECT x.old_commune_code
FROM admin.commune AS c
INNER JOIN cadastre.sheet_crosswalk AS x ON c.commune_code = x.commune_code
WHERE c.commune_id = ANY(%(commune_ids)s::int[]) AND x.old_sheet_no = %(sheet_no)s
ORDER BY commune_code

-- name: found_numbers
-- Parcels by number on one sheet, or on any sheet of the communes.
SELECT v.parcel_id, s.commune_id, count(*) OVER ()::int AS total
FROM cadastre.sheet AS s
CROSS JOIN LATERAL (
    SELECT x.parcel_id FROM cadastre.parcel AS x
    WHERE x.sheet_id = s.sheet_id AND x.parcel_no = ANY(%(parcel_nos)s::text[])
) AS v
WHERE s.commune_id = ANY(%(commune_ids)s::int[]) AND (%(sheet_no)s::text IS NULL OR s.sheet_no = %(sheet_no)s)
ORDER BY length(s.sheet_no), s.sheet_no, v.parcel_id
LIMIT %(limit)s

-- name: found_elsewhere
-- The same sheet and parcel number in any commune.
SELECT v.parcel_id, s.commune_id, count(*) OVER ()::int AS total
FROM cadastre.sheet AS s
CROSS JOIN LATERAL (
    SELECT x.parcel_id FROM cadastre.parcel AS x
    WHERE x.sheet_id = s.sheet_id AND x.parcel_no = ANY(%(parcel_nos)s::text[])
) AS v
WHERE s.sheet_no = %(sheet_no)s AND s.commune_id <> ALL(%(commune_ids)s::int[])
ORDER BY s.commune_id, v.parcel_id
LIMIT %(limit)s

-- name: found_sheet
SELECT v.parcel_id, s.commune_id, count(*) OVER ()::int AS total
FROM cadastre.sheet AS s
INNER JOIN cadastre.parcel AS v ON s.sheet_id = v.sheet_id
WHERE s.commune_id = ANY(%(commune_ids)s::int[]) AND s.sheet_no = %(sheet_no)s
ORDER BY length(v.parcel_no), v.parcel_no
LIMIT %(limit)s

-- name: found_beginning
-- Numbers that begin as typed, the shortest first, while somebody is still typing.
SELECT v.parcel_id, s.commune_id, count(*) OVER ()::int AS total
FROM cadastre.sheet AS s
INNER JOIN cadastre.parcel AS v ON s.sheet_id = v.sheet_id
WHERE
    s.commune_id = ANY(%(commune_ids)s::int[])
    AND s.sheet_no = %(sheet_no)s
    AND starts_with(v.parcel_no, %(parcel_no)s)
    AND v.parcel_no <> %(parcel_no)s
ORDER BY length(v.parcel_no), v.parcel_no
LIMIT %(limit)s

-- name: found_old_numbers
-- Parcels that carry an older number themselves.
SELECT v.parcel_id, v.commune_id, count(*) OVER ()::int AS total
FROM cadastre.parcel AS v
WHERE
    v.old_sheet_no = %(sheet_no)s
    AND v.old_parcel_no = ANY(%(parcel_nos)s::text[])
    AND v.commune_id = ANY(%(commune_ids)s::int[])
ORDER BY v.parcel_id
LIMIT %(limit)s

-- name: found_certificates
SELECT bp.parcel_id, v.commune_id, count(*) OVER ()::int AS total
FROM registry.certificates_by_serial(%(serial)s, NULL, NULL) AS v
INNER JOIN registry.baunit_parcel AS bp ON v.baunit_id = bp.baunit_id
ORDER BY v.certificate_id, bp.parcel_id
LIMIT %(limit)s

-- name: found_registry_numbers
-- A registry number belongs to the book of one office, so it is only looked for inside communes.
SELECT bp.parcel_id, v.commune_id, count(*) OVER ()::int AS total
FROM registry.shown_certificate AS v
INNER JOIN registry.baunit_parcel AS bp ON v.baunit_id = bp.baunit_id
WHERE
    v.commune_id = ANY(%(commune_ids)s::int[])
    AND upper(translate(v.registry_no, ' .-', '')) = translate(%(registry_no)s, ' .-', '')
ORDER BY v.certificate_id, bp.parcel_id
LIMIT %(limit)s

-- name: found_codes
SELECT v.parcel_id, v.commune_id, count(*) OVER ()::int AS total
FROM cadastre.parcel AS v
WHERE v.parcel_code = %(parcel_code)s
LIMIT %(limit)s

-- name: found_ids
SELECT v.parcel_id, v.commune_id, count(*) OVER ()::int AS total
FROM cadastre.parcel AS v
WHERE v.parcel_id = ANY(%(parcel_ids)s::bigint[])
ORDER BY v.parcel_id

-- name: found_at_point
SELECT v.parcel_id, v.commune_id, count(*) OVER ()::int AS total
FROM cadastre.parcel AS v
WHERE ST_Intersects(v.geom_4326, (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)))
ORDER BY v.parcel_id
LIMIT %(limit)s

-- name: found_addresses
-- Words of an address, accents not counted: read through for some communes, never through all. Materialized: for the
-- order's sake the planner would read the whole table by its key (1.5 s).
WITH found AS MATERIALIZED (
    SELECT v.parcel_id, v.commune_id
    FROM cadastre.parcel AS v
    WHERE v.commune_id = ANY(%(commune_ids)s::int[]) AND v.address ~* %(pattern)s
)
SELECT f.parcel_id, f.commune_id, count(*) OVER ()::int AS total
FROM found AS f
ORDER BY f.parcel_id
LIMIT %(limit)s

-- name: zones
-- The zones that the stored sheets are drawn in.
SELECT DISTINCT s.srid FROM cadastre.sheet AS s ORDER BY s.srid

-- name: hits
-- What a list of results shows of each parcel, in the order asked for.
SELECT
    v.parcel_id,
    v.parcel_code,
    json_build_object('code', c.commune_code, 'name', c.name, 'kind', c.kind) AS commune,
    s.sheet_no,
    v.parcel_no,
    v.old_sheet_no,
    v.old_parcel_no,
    v.legal_area_m2,
    ST_X(p.point) AS lon,
    ST_Y(p.point) AS lat,
    CASE WHEN v.geom_4326 IS NOT NULL THEN ARRAY[
        ST_XMin(v.geom_4326), ST_YMin(v.geom_4326), ST_XMax(v.geom_4326), ST_YMax(v.geom_4326)
    ] END AS bbox
FROM unnest(%(parcel_ids)s::bigint[]) WITH ORDINALITY AS w (parcel_id, place)
INNER JOIN cadastre.parcel AS v ON w.parcel_id = v.parcel_id
INNER JOIN cadastre.sheet AS s ON v.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON v.commune_id = c.commune_id
CROSS JOIN LATERAL (SELECT coalesce(ST_PointOnSurface(v.geom_4326), v.fault_point_4326) AS point) AS p
ORDER BY w.place
