-- The plainest statement for each key, without rights, uses, findings, provenance or a past: the geometry alone.

-- name: by_id
SELECT ST_AsGeoJSON(geom_4326, 8) FROM cadastre.parcel WHERE parcel_id = %(parcel_id)s;

-- name: by_number
SELECT ST_AsGeoJSON(p.geom_4326, 8)
FROM admin.commune AS c
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id
INNER JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id
WHERE
    c.commune_code = %(commune_code)s
    AND c.valid_to = 'infinity'
    AND s.sheet_no = %(sheet_no)s
    AND p.parcel_no = %(parcel_no)s;

-- name: by_code
SELECT ST_AsGeoJSON(geom_4326, 8) FROM cadastre.parcel WHERE parcel_code = %(parcel_code)s;

-- name: at_point
SELECT ST_AsGeoJSON(geom_4326, 8)
FROM cadastre.parcel
WHERE ST_Intersects(geom_4326, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326));

-- name: in_box
SELECT ST_AsGeoJSON(geom_4326, 8)
FROM cadastre.parcel
WHERE geom_4326 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
LIMIT 50;

-- name: by_certificate
SELECT ST_AsGeoJSON(p.geom_4326, 8)
FROM registry.certificate AS t
INNER JOIN registry.baunit_parcel AS b ON t.baunit_id = b.baunit_id
INNER JOIN cadastre.parcel AS p ON b.parcel_id = p.parcel_id
WHERE t.serial = %(serial)s
LIMIT 50;

-- name: by_citizen_id
SELECT ST_AsGeoJSON(g.geom_4326, 8)
FROM party.party AS p
INNER JOIN registry.share AS s ON p.party_id = s.party_id
INNER JOIN registry.rrr AS r ON s.rrr_id = r.rrr_id
INNER JOIN registry.baunit_parcel AS b ON r.baunit_id = b.baunit_id
INNER JOIN cadastre.parcel AS g ON b.parcel_id = g.parcel_id
WHERE p.citizen_id_index = %(citizen_id_index)s
LIMIT 50;

-- name: by_organisation
SELECT ST_AsGeoJSON(g.geom_4326, 8)
FROM party.party AS p
INNER JOIN registry.share AS s ON p.party_id = s.party_id
INNER JOIN registry.rrr AS r ON s.rrr_id = r.rrr_id
INNER JOIN registry.baunit_parcel AS b ON r.baunit_id = b.baunit_id
INNER JOIN cadastre.parcel AS g ON b.parcel_id = g.parcel_id
WHERE p.org_no = %(org_no)s
LIMIT 50;

-- name: moved_sheet
SELECT ST_AsGeoJSON(p.geom_4326, 8)
FROM cadastre.sheet_crosswalk AS x
INNER JOIN admin.commune AS c ON x.commune_code = c.commune_code AND c.valid_to = 'infinity'
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id AND x.sheet_no = s.sheet_no
INNER JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id
WHERE
    x.old_commune_code = %(old_commune_code)s
    AND x.old_sheet_no = %(old_sheet_no)s
    AND p.parcel_no = %(old_parcel_no)s;

-- name: moved_parcel
SELECT ST_AsGeoJSON(p.geom_4326, 8)
FROM cadastre.sheet_crosswalk AS x
INNER JOIN admin.commune AS c ON x.commune_code = c.commune_code AND c.valid_to = 'infinity'
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id AND x.sheet_no = s.sheet_no
INNER JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id AND x.parcel_no = p.parcel_no
WHERE
    x.old_commune_code = %(old_commune_code)s
    AND x.old_sheet_no = %(old_sheet_no)s
    AND x.old_parcel_no = %(old_parcel_no)s;

-- name: recorded_parcel
SELECT ST_AsGeoJSON(p.geom_4326, 8)
FROM admin.commune AS o
INNER JOIN admin.commune_succession AS u ON o.commune_id = u.old_commune_id
INNER JOIN cadastre.parcel AS p ON u.new_commune_id = p.commune_id
WHERE
    o.commune_code = %(old_commune_code)s
    AND p.old_sheet_no = %(old_sheet_no)s
    AND p.old_parcel_no = %(old_parcel_no)s;
