-- Many questions at once. Each statement gives (place, parcel_id, subject_id): `place` is the question's number in the
-- arrays that were sent. $names as in lookup_found.sql.

-- name: many_numbers
-- Each commune is looked up once: by code and day that costs more than the parcel (0.09 ms).
WITH unit AS MATERIALIZED (
    SELECT c.commune_id, c.commune_code
    FROM (SELECT DISTINCT a.code FROM unnest(%(commune_codes)s::text[]) AS a (code)) AS d
    INNER JOIN admin.commune AS c
        ON d.code = c.commune_code AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
)
SELECT t.place, v.parcel_id, v.parcel_id AS subject_id
FROM unnest(%(commune_codes)s::text[], %(sheet_nos)s::text[], %(parcel_nos)s::text[])
WITH ORDINALITY AS t (commune_code, sheet_no, parcel_no, place)
INNER JOIN unit AS c ON t.commune_code = c.commune_code
INNER JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id AND t.sheet_no = s.sheet_no
CROSS JOIN LATERAL (
    SELECT * FROM $parcel AS x WHERE x.sheet_id = s.sheet_id AND x.parcel_no = t.parcel_no $barrier
) AS v
WHERE v.commune_id = c.commune_id

-- name: many_missing
-- Why numbers lead nowhere: is the commune unknown on that day, the sheet, or only the parcel?
WITH unit AS MATERIALIZED (
    SELECT c.commune_id, c.commune_code
    FROM (SELECT DISTINCT a.code FROM unnest(%(commune_codes)s::text[]) AS a (code)) AS d
    INNER JOIN admin.commune AS c
        ON d.code = c.commune_code AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
)
SELECT t.place, c.commune_id IS NOT NULL AS has_commune, s.sheet_id IS NOT NULL AS has_sheet
FROM unnest(%(commune_codes)s::text[], %(sheet_nos)s::text[])
WITH ORDINALITY AS t (commune_code, sheet_no, place)
LEFT JOIN unit AS c ON t.commune_code = c.commune_code
LEFT JOIN cadastre.sheet AS s ON c.commune_id = s.commune_id AND t.sheet_no = s.sheet_no

-- name: many_ids
SELECT t.place, v.parcel_id, v.parcel_id AS subject_id
FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY AS t (parcel_id, place)
CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_id = t.parcel_id $barrier) AS v

-- name: many_codes
SELECT t.place, v.parcel_id, v.parcel_id AS subject_id
FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS t (parcel_code, place)
CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_code = t.parcel_code $barrier) AS v

-- name: many_serials
SELECT t.place, f.parcel_id, f.subject_id
FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS t (serial, place)
CROSS JOIN LATERAL (
    SELECT bp.parcel_id, min(v.certificate_id) AS subject_id
    FROM registry.certificates_by_serial(t.serial, $moment) AS v
    CROSS JOIN LATERAL (SELECT * FROM $baunit_parcel AS x WHERE x.baunit_id = v.baunit_id $barrier) AS bp
    GROUP BY bp.parcel_id
    ORDER BY bp.parcel_id
    LIMIT %(limit)s
) AS f

-- name: many_points
SELECT t.place, v.parcel_id, v.parcel_id AS subject_id
FROM unnest(%(lons)s::float8[], %(lats)s::float8[]) WITH ORDINALITY AS t (lon, lat, place)
CROSS JOIN LATERAL (
    SELECT * FROM $parcel AS x
    WHERE ST_Intersects(x.geom_4326, ST_SetSRID(ST_MakePoint(t.lon, t.lat), 4326))
    LIMIT %(limit)s
) AS v

-- name: many_persons
-- Parcels of each person in the asker's communes.
SELECT t.place, f.parcel_id, t.place AS subject_id
FROM unnest(%(keys)s::bytea[]) WITH ORDINALITY AS t (citizen_id_index, place)
CROSS JOIN LATERAL (
    SELECT DISTINCT bp.parcel_id
    FROM (SELECT * FROM $party AS x WHERE x.citizen_id_index = t.citizen_id_index $barrier) AS v
    CROSS JOIN LATERAL (SELECT * FROM $share AS x WHERE x.party_id = v.party_id $barrier) AS sh
    CROSS JOIN LATERAL (SELECT * FROM $rrr AS x WHERE x.rrr_id = sh.rrr_id $barrier) AS r
    CROSS JOIN LATERAL (SELECT * FROM $baunit_parcel AS x WHERE x.baunit_id = r.baunit_id $barrier) AS bp
    CROSS JOIN LATERAL (SELECT * FROM $parcel AS x WHERE x.parcel_id = bp.parcel_id $barrier) AS p
    INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
    WHERE %(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[])
    ORDER BY bp.parcel_id
    LIMIT %(limit)s
) AS f

-- name: many_successors
-- The communes in force that old communes went to, through as many mergers as there were.
SELECT t.place, f.*
FROM unnest(%(commune_codes)s::text[]) WITH ORDINALITY AS t (commune_code, place)
CROSS JOIN LATERAL (
    WITH RECURSIVE walk (commune_id, is_divided) AS (
        SELECT u.new_commune_id, u.is_divided
        FROM admin.commune AS o
        INNER JOIN admin.commune_succession AS u ON o.commune_id = u.old_commune_id
        WHERE o.commune_code = t.commune_code
        UNION
        SELECT u.new_commune_id, w.is_divided OR u.is_divided
        FROM walk AS w
        INNER JOIN admin.commune_succession AS u ON w.commune_id = u.old_commune_id
    )
    SELECT
        c.commune_id,
        c.commune_code,
        c.name,
        c.kind,
        w.is_divided,
        (SELECT count(*)::int FROM admin.commune_succession AS u WHERE u.new_commune_id = c.commune_id) AS predecessors,
        EXISTS(
            SELECT 1
            FROM cadastre.sheet_crosswalk AS x
            WHERE x.old_commune_code = t.commune_code AND x.commune_code = c.commune_code
        ) AS has_crosswalk
    FROM (SELECT walk.commune_id, bool_or(walk.is_divided) AS is_divided FROM walk GROUP BY walk.commune_id) AS w
    CROSS JOIN LATERAL (SELECT * FROM admin.commune AS x WHERE x.commune_id = w.commune_id OFFSET 0) AS c
    WHERE daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
) AS f
ORDER BY t.place, f.commune_code

-- name: many_crosswalk
-- Of a sheet with a row for each parcel only the rows that can be meant; else one, to tell that the sheet is known.
SELECT
    t.place,
    f.commune_code,
    f.sheet_no,
    nullif(f.parcel_no, '0') AS parcel_no,
    nullif(f.old_parcel_no, '0') AS old_parcel_no,
    f.scale_denominator,
    f.note
FROM unnest(%(commune_codes)s::text[], %(sheet_nos)s::text[], %(parcel_nos)s::text[])
WITH ORDINALITY AS t (commune_code, sheet_no, parcel_no, place)
CROSS JOIN LATERAL (
    SELECT x.*
    FROM cadastre.sheet_crosswalk AS x
    WHERE
        x.old_commune_code = t.commune_code
        AND x.old_sheet_no = t.sheet_no
        AND (t.parcel_no IS NULL OR coalesce(x.old_parcel_no, '0') IN ('0', t.parcel_no))
    UNION ALL
    (
        SELECT x.*
        FROM cadastre.sheet_crosswalk AS x
        WHERE
            x.old_commune_code = t.commune_code
            AND x.old_sheet_no = t.sheet_no
            AND x.old_parcel_no NOT IN ('0', t.parcel_no)
        LIMIT 1
    )
) AS f
ORDER BY t.place, f.crosswalk_id

-- name: many_recorded
-- Parcels that carry an old number themselves; `commune_ids` are where the old commune of that place went.
SELECT t.place, c.commune_code, s.sheet_no, v.parcel_no, s.scale_denominator
FROM unnest(%(places)s::int[], %(commune_ids)s::int[], %(sheet_nos)s::text[], %(parcel_nos)s::text[])
AS t (place, commune_id, sheet_no, parcel_no)
INNER JOIN admin.commune AS c ON t.commune_id = c.commune_id
INNER JOIN cadastre.sheet AS s ON t.commune_id = s.commune_id
CROSS JOIN LATERAL (
    SELECT * FROM $parcel AS x
    WHERE x.sheet_id = s.sheet_id AND x.old_sheet_no = t.sheet_no AND x.old_parcel_no = t.parcel_no
    $barrier
) AS v
ORDER BY t.place, v.parcel_id
