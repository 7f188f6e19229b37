-- Old sheet and parcel numbers: what is on record about where they went.

-- name: old_names
SELECT DISTINCT c.name, c.kind, c.district_name
FROM admin.commune AS c
WHERE
    c.commune_code = %(old_commune_code)s
    AND (c.valid_to <> 'infinity' OR NOT EXISTS(
        SELECT 1 FROM admin.commune_succession AS u WHERE u.new_commune_id = c.commune_id
    ))

-- name: old_commune
-- What is known of a commune that nothing is known to have become of.
SELECT
    EXISTS(SELECT 1 FROM cadastre.sheet_crosswalk AS x WHERE x.old_commune_code = %(old_commune_code)s) AS has_crosswalk,
    EXISTS(SELECT 1 FROM admin.commune AS c WHERE c.commune_code = %(old_commune_code)s) AS is_listed

-- name: present
-- What is stored under present numbers: the sheet's identity, and the parcel's when there is one.
SELECT c.name, c.kind, s.sheet_id, v.parcel_id
FROM unnest(%(commune_codes)s::text[], %(sheet_nos)s::text[], %(parcel_nos)s::text[])
WITH ORDINALITY AS t (commune_code, sheet_no, parcel_no, place)
LEFT JOIN admin.commune AS c
    ON t.commune_code = c.commune_code AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
LEFT JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id AND t.sheet_no = s.sheet_no
LEFT JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.sheet_id = s.sheet_id AND x.parcel_no = t.parcel_no $barrier) AS v ON true
ORDER BY t.place
