-- Which reasons does each parcel give, not to meet the campaign's criteria? A reason is a bit: the parameter with its
-- name, 0 when the scheme does not use it. Reasons that come from findings arrive as arrays: rule, severity, bits.

-- name: entities
-- Every part of a parcel's record with its bits and with its path as the national system writes it.
SELECT
    p.parcel_id,
    'THUADAT.' || p.parcel_id AS path,
    CASE WHEN p.geom_fault IS NOT NULL THEN %(GEOMETRY_MISSING)s::bigint ELSE 0 END
    | CASE WHEN p.parcel_code IS NULL THEN %(PARCEL_CODE_MISSING)s::bigint ELSE 0 END
    | CASE WHEN coalesce(p.registered_area_m2, p.legal_area_m2) IS NULL THEN %(AREA_MISSING)s::bigint ELSE 0 END
    | CASE WHEN p.address IS NULL THEN %(ADDRESS_MISSING)s::bigint ELSE 0 END
    | CASE WHEN p.address IS NOT NFC NORMALIZED THEN %(TEXT_NOT_NFC)s::bigint ELSE 0 END
    | CASE
        WHEN
            p.version > 1
            AND (p.recorded_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - p.valid_from > %(late_after_days)s
            -- A correction keeps the day from which the version holds; only a change has one of its own.
            AND EXISTS (
                SELECT FROM cadastre.parcel_history AS h
                WHERE h.parcel_id = p.parcel_id AND h.valid_from < p.valid_from
            )
            THEN %(CHANGE_RECORDED_LATE)s::bigint
        ELSE 0
    END
    | CASE
        WHEN NOT EXISTS (SELECT FROM cadastre.land_use AS u WHERE u.parcel_id = p.parcel_id)
            THEN %(LAND_USE_MISSING)s::bigint
        ELSE 0
    END
    | CASE
        WHEN NOT EXISTS (
            SELECT FROM registry.baunit_parcel AS l
            INNER JOIN registry.rrr AS r ON l.baunit_id = r.baunit_id
            WHERE l.parcel_id = p.parcel_id
        ) THEN %(RIGHT_MISSING)s::bigint
        ELSE 0
    END
    | CASE
        WHEN NOT EXISTS (
            SELECT FROM registry.baunit_parcel AS l
            INNER JOIN registry.certificate AS c ON l.baunit_id = c.baunit_id
            WHERE l.parcel_id = p.parcel_id
        ) THEN %(CERTIFICATE_MISSING)s::bigint
        ELSE 0
    END AS bits
FROM scope AS p
UNION ALL
SELECT
    u.parcel_id,
    'THUADAT.' || u.parcel_id || '|MUCDICHSUDUNG.' || u.land_use_id AS path,
    CASE
        WHEN u.land_use_code IS NULL OR u.land_use_fault IS NOT NULL THEN %(LAND_USE_NOT_LISTED)s::bigint
        ELSE 0
    END
    | CASE WHEN u.use_form IS NULL THEN %(USE_FORM_MISSING)s::bigint ELSE 0 END
    | CASE WHEN coalesce(u.term, u.expires_on::text) IS NULL THEN %(TERM_MISSING)s::bigint ELSE 0 END
    | CASE WHEN u.origin IS NULL THEN %(ORIGIN_MISSING)s::bigint ELSE 0 END AS bits
FROM scope AS p
INNER JOIN cadastre.land_use AS u ON p.parcel_id = u.parcel_id
UNION ALL
SELECT
    l.parcel_id,
    'THUADAT.' || l.parcel_id || '|GIAYCHUNGNHAN.' || c.certificate_id || '_' || c.version AS path,
    CASE WHEN c.serial IS NULL THEN %(SERIAL_MISSING)s::bigint ELSE 0 END
    | CASE WHEN c.registry_no IS NULL THEN %(REGISTRY_NO_MISSING)s::bigint ELSE 0 END
    | CASE
        WHEN
            c.scan_file IS NULL
            AND NOT EXISTS (
                SELECT FROM registry.scan AS n
                WHERE n.commune_id = c.commune_id AND n.serial = c.serial AND n.scan_kind = 'CERTIFICATE'
            )
            THEN %(SCAN_MISSING)s::bigint
        ELSE 0
    END AS bits
FROM scope AS p
INNER JOIN registry.baunit_parcel AS l ON p.parcel_id = l.parcel_id
INNER JOIN registry.certificate AS c ON l.baunit_id = c.baunit_id
UNION ALL
SELECT
    l.parcel_id,
    'THUADAT.' || l.parcel_id
    || CASE r.holder_group
        WHEN 'COUPLE' THEN '|VOCHONG.' || r.rrr_id
        WHEN 'HOUSEHOLD' THEN '|HOGIADINH.' || r.rrr_id
        WHEN 'CO_USERS' THEN '|NHOMNGUOI.' || r.rrr_id
        ELSE ''
    END
    || CASE
        WHEN r.holder_group = 'COMMUNITY' OR y.party_kind = 'COMMUNITY' THEN '|CONGDONG.'
        WHEN y.party_kind = 'ORGANISATION' THEN '|TOCHUC.'
        ELSE '|CANHAN.'
    END || y.party_id AS path,
    CASE y.party_kind
        WHEN 'NATURAL' THEN
            CASE WHEN NOT y.has_birth THEN %(HOLDER_BIRTH_MISSING)s::bigint ELSE 0 END
            | CASE WHEN NOT y.has_sex THEN %(HOLDER_SEX_MISSING)s::bigint ELSE 0 END
            | CASE WHEN NOT y.has_citizen_id THEN %(HOLDER_ID_MISSING)s::bigint ELSE 0 END
            | CASE WHEN y.citizen_id_fault IS NOT NULL THEN %(HOLDER_ID_FAULT)s::bigint ELSE 0 END
            | CASE WHEN NOT y.has_residence THEN %(HOLDER_RESIDENCE_MISSING)s::bigint ELSE 0 END
        WHEN 'ORGANISATION' THEN
            CASE
                WHEN y.org_no IS NULL AND r.holder_group <> 'COMMUNITY' THEN %(ORG_NO_MISSING)s::bigint
                WHEN y.org_no_fault IS NOT NULL THEN %(ORG_NO_FAULT)s::bigint
                ELSE 0
            END
        ELSE 0
    END AS bits
FROM scope AS p
INNER JOIN registry.baunit_parcel AS l ON p.parcel_id = l.parcel_id
INNER JOIN registry.rrr AS r ON l.baunit_id = r.baunit_id
INNER JOIN registry.share AS h ON r.rrr_id = h.rrr_id
INNER JOIN party.filled_party AS y ON h.party_id = y.party_id
WHERE r.rrr_kind IN ('USE_RIGHT', 'MANAGEMENT')
UNION ALL
SELECT p.parcel_id, 'THUADAT.' || p.parcel_id || '|KETQUAKIEMTRA.' || k.rule_id AS path, k.bits
FROM (
    SELECT f.parcel_id, f.other_parcel_id, f.commune_id, f.subject, f.rule_id, bit_or(t.bits) AS bits
    FROM quality.finding AS f
    INNER JOIN unnest(%(rules)s::text[], %(severities)s::text[], %(rule_bits)s::bigint[]) AS t (rule, severity, bits)
        ON t.rule IN (f.rule_id, left(f.rule_id, 3), '*') AND t.severity IN (f.severity, '*')
    WHERE $is_open
    GROUP BY f.finding_id
) AS k
INNER JOIN LATERAL (
    SELECT k.parcel_id
    UNION ALL
    SELECT k.other_parcel_id
    UNION ALL
    SELECT q.parcel_id
    FROM cadastre.sheet AS s
    INNER JOIN cadastre.parcel AS q ON s.sheet_id = q.sheet_id
    WHERE k.rule_id = ANY(%(sheet_rules)s::text[]) AND s.commune_id = k.commune_id AND s.sheet_no = k.subject
) AS whom ON true
INNER JOIN scope AS p ON whom.parcel_id = p.parcel_id

-- name: scope
SELECT
    q.commune_id,
    q.parcel_id,
    q.sheet_id,
    q.parcel_no,
    q.parcel_code,
    q.registered_area_m2,
    q.legal_area_m2,
    q.address,
    q.geom_fault,
    q.version,
    q.recorded_at,
    q.valid_from
FROM cadastre.parcel AS q
WHERE q.commune_id = ANY(%(communes)s::int[])

-- name: patterns
-- How many parcels of each commune show which set of reasons?
WITH scope AS MATERIALIZED (
    $scope
)

SELECT p.commune_id, e.bits, count(*)::int AS parcels
FROM (
    SELECT n.parcel_id, bit_or(n.bits) AS bits
    FROM ($entities) AS n
    GROUP BY n.parcel_id
) AS e
INNER JOIN scope AS p ON e.parcel_id = p.parcel_id
GROUP BY p.commune_id, e.bits
ORDER BY p.commune_id, e.bits

-- name: parcels
-- Which set of reasons does each parcel show?
WITH scope AS MATERIALIZED (
    $scope
)

SELECT c.commune_code, s.sheet_no, p.parcel_no, p.parcel_code, e.bits
FROM (
    SELECT n.parcel_id, bit_or(n.bits) AS bits
    FROM ($entities) AS n
    GROUP BY n.parcel_id
) AS e
INNER JOIN scope AS p ON e.parcel_id = p.parcel_id
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
ORDER BY c.commune_code, length(s.sheet_no), s.sheet_no, length(p.parcel_no), p.parcel_no

-- name: unmet
-- Which part of a parcel's record does not meet the criteria, and by which reasons?
WITH scope AS MATERIALIZED (
    $scope
)

SELECT c.commune_code, s.sheet_no, p.parcel_no, n.path, n.bits
FROM ($entities) AS n
INNER JOIN scope AS p ON n.parcel_id = p.parcel_id
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE n.bits <> 0
ORDER BY
    c.commune_code, length(s.sheet_no), s.sheet_no, length(p.parcel_no), p.parcel_no, length(n.path), n.path
