-- On which parcels do the shares of the current use rights not make exactly 1?
-- Fractions are added exactly, one after the other. Joint holders without parts share what the others leave:
-- then anything below 1 is in order, and 1 or more leaves them nothing.
WITH RECURSIVE held AS MATERIALIZED (
    SELECT
        link.parcel_id,
        sh.share_id,
        sh.numerator::numeric AS num,
        sh.denominator::numeric AS den
    FROM cadastre.parcel AS p
    INNER JOIN registry.baunit_parcel AS link ON p.parcel_id = link.parcel_id
    INNER JOIN registry.rrr AS r ON link.baunit_id = r.baunit_id AND r.rrr_kind = 'USE_RIGHT'
    INNER JOIN registry.share AS sh ON r.rrr_id = sh.rrr_id
    WHERE p.commune_id = %(commune_id)s
),

part AS MATERIALIZED (
    SELECT
        held.parcel_id,
        held.num,
        held.den,
        row_number() OVER (PARTITION BY held.parcel_id ORDER BY held.share_id) AS ordinal
    FROM held
    WHERE held.num IS NOT NULL
),

added AS (
    SELECT part.parcel_id, part.ordinal, part.num, part.den
    FROM part
    WHERE part.ordinal = 1
    UNION ALL
    SELECT
        part.parcel_id,
        part.ordinal,
        div(total.num, gcd(total.num, total.den)),
        div(total.den, gcd(total.num, total.den))
    FROM added
    INNER JOIN part ON added.parcel_id = part.parcel_id AND added.ordinal + 1 = part.ordinal
    CROSS JOIN LATERAL (
        SELECT added.num * part.den + part.num * added.den AS num, added.den * part.den AS den
    ) AS total
),

summed AS (
    SELECT DISTINCT ON (added.parcel_id)
        added.parcel_id,
        added.num,
        added.den,
        added.ordinal AS parts,
        EXISTS (
            SELECT 1 FROM held WHERE held.parcel_id = added.parcel_id AND held.num IS NULL
        ) AS has_joint_holders
    FROM added
    ORDER BY added.parcel_id ASC, added.ordinal DESC
)

SELECT
    p.parcel_id,
    NULL::bigint AS other_parcel_id,
    s.sheet_no || '/' || p.parcel_no AS subject,
    ST_PointOnSurface(p.geom) AS point,
    NULL::geometry AS geom,
    (t.num / t.den)::float8 AS measure,
    NULL::float8 AS area_m2,
    jsonb_build_object(
        'reason', CASE
            WHEN t.num > t.den THEN 'TOO_MUCH'
            WHEN t.num < t.den THEN 'TOO_LITTLE'
            ELSE 'NOTHING_LEFT_FOR_JOINT_HOLDERS'
        END,
        'sum', t.num::text || '/' || t.den::text,
        'parts', t.parts
    ) AS details
FROM summed AS t
INNER JOIN cadastre.parcel AS p ON t.parcel_id = p.parcel_id
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
WHERE CASE WHEN t.has_joint_holders THEN t.num >= t.den ELSE t.num <> t.den END
ORDER BY p.parcel_id;
