-- Which parcels does a question mean? Every statement gives (parcel_id, subject_id): one subject is one thing
-- that was asked about, so two subjects make the answer ambiguous. $names stand for the relations to read:
-- the hot tables for "now", the functions *_as_of for another date (landdb/store/lookups.py).

-- name: by_id
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM $parcel AS v
WHERE v.parcel_id = %(parcel_id)s

-- name: by_number
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM admin.commune AS c
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id
INNER JOIN $parcel AS v ON s.sheet_id = v.sheet_id
WHERE
    c.commune_code = %(commune_code)s
    AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
    AND s.sheet_no = %(sheet_no)s
    AND v.parcel_no = %(parcel_no)s
    AND v.commune_id = c.commune_id

-- name: by_code
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM $parcel AS v
WHERE v.parcel_code = %(parcel_code)s
LIMIT %(limit)s

-- name: at_point
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM $parcel AS v
WHERE ST_Intersects(v.geom_4326, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))
LIMIT %(limit)s

-- name: by_certificate
SELECT bp.parcel_id, min(v.certificate_id) AS subject_id
FROM $certificate AS v
INNER JOIN $baunit_parcel AS bp ON v.baunit_id = bp.baunit_id
WHERE v.serial = %(serial)s AND bp.parcel_id > %(after)s
GROUP BY bp.parcel_id
ORDER BY bp.parcel_id
LIMIT %(limit)s

-- name: by_holder
SELECT bp.parcel_id, min(v.party_id) AS subject_id
FROM $party AS v
INNER JOIN $share AS sh ON v.party_id = sh.party_id
INNER JOIN $rrr AS r ON sh.rrr_id = r.rrr_id
INNER JOIN $baunit_parcel AS bp ON r.baunit_id = bp.baunit_id
INNER JOIN $parcel AS p ON bp.parcel_id = p.parcel_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE
    $holder
    AND bp.parcel_id > %(after)s
    AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]))
GROUP BY bp.parcel_id
ORDER BY bp.parcel_id
LIMIT %(limit)s
