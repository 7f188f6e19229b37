-- Which parcels does a question mean? Every statement gives (parcel_id, subject_id): one subject is one thing
-- that was asked about, so two subjects make the answer ambiguous. $names stand for the relations to read:
-- the hot tables for "now", the functions *_as_of for another date (landdb/store/lookups.py). Those are joined
-- laterally behind a $barrier: a plain join condition would not reach the indexes below their UNION ALL.

-- name: by_id
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM $parcel AS v
WHERE v.parcel_id = %(parcel_id)s

-- name: by_ids
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM unnest(%(parcel_ids)s::bigint[]) AS w (parcel_id)
CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_id = w.parcel_id $barrier) AS v

-- name: by_number
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM admin.commune AS c
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id
CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.sheet_id = s.sheet_id AND x.parcel_no = %(parcel_no)s $barrier) AS v
WHERE
    c.commune_code = %(commune_code)s
    AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
    AND s.sheet_no = %(sheet_no)s
    AND v.commune_id = c.commune_id

-- name: by_code
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM $parcel AS v
WHERE v.parcel_code = %(parcel_code)s
LIMIT %(limit)s

-- name: at_point
-- The point is a subquery so that every point gets the same estimate: the prepared plan is kept (0.4 ms instead
-- of 2.4 ms with planning each time).
SELECT v.parcel_id, v.parcel_id AS subject_id
FROM $parcel AS v
WHERE ST_Intersects(v.geom_4326, (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)))
LIMIT %(limit)s

-- name: by_certificate
SELECT bp.parcel_id, min(v.certificate_id) AS subject_id
FROM registry.certificates_by_serial(%(serial)s, $moment) AS v
CROSS JOIN LATERAL (SELECT * FROM $baunit_parcel AS x WHERE x.baunit_id = v.baunit_id $barrier) AS bp
WHERE bp.parcel_id > %(after)s
GROUP BY bp.parcel_id
ORDER BY bp.parcel_id
LIMIT %(limit)s

-- name: by_holder
SELECT bp.parcel_id, min(v.party_id) AS subject_id
FROM $party AS v
CROSS JOIN LATERAL (SELECT * FROM $share AS x WHERE x.party_id = v.party_id $barrier) AS sh
CROSS JOIN LATERAL (SELECT * FROM $rrr AS x WHERE x.rrr_id = sh.rrr_id $barrier) AS r
CROSS JOIN LATERAL (SELECT * FROM $baunit_parcel AS x WHERE x.baunit_id = r.baunit_id $barrier) AS bp
CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_id = bp.parcel_id $barrier) AS p
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE
    $holder
    AND bp.parcel_id > %(after)s
    AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]))
GROUP BY bp.parcel_id
ORDER BY bp.parcel_id
LIMIT %(limit)s
