-- On which parcels do the shares of the current use rights not make exactly 1?
-- Fractions are added exactly. Parts with one denominator are added at once; only the few parcels with several
-- denominators are added one part after the other. Joint holders without parts share what the others leave:
-- then anything below 1 is in order, and 1 or more leaves them nothing.
WITH RECURSIVE counted AS MATERIALIZED (
    SELECT
        h.commune_id,
        h.parcel_id,
        sum(h.numerator) AS num,
        max(h.denominator) AS den,
        min(h.denominator) = max(h.denominator) AS is_alike,
        count(h.numerator) AS parts,
        count(*) > count(h.numerator) AS has_joint_holders
    FROM registry.holding AS h
    WHERE
        h.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR h.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND h.rrr_kind = 'USE_RIGHT'
    GROUP BY h.commune_id, h.parcel_id
    HAVING count(h.numerator) > 0
),

part AS MATERIALIZED (
    SELECT
        h.parcel_id,
        h.numerator::numeric AS num,
        h.denominator::numeric AS den,
        row_number() OVER (PARTITION BY h.parcel_id ORDER BY h.share_id) AS ordinal
    FROM registry.holding AS h
    WHERE
        h.parcel_id = ANY(ARRAY(SELECT c.parcel_id FROM counted AS c WHERE NOT c.is_alike))
        AND h.rrr_kind = 'USE_RIGHT'
        AND h.numerator IS NOT NULL
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
    SELECT
        c.commune_id, c.parcel_id, c.parts, c.has_joint_holders, div(c.num, divisor.gcd) AS num,
        div(c.den::numeric, divisor.gcd) AS den
    FROM counted AS c
    CROSS JOIN LATERAL (SELECT gcd(c.num, c.den::numeric) AS gcd) AS divisor
    WHERE c.is_alike
    UNION ALL
    SELECT c.commune_id, c.parcel_id, c.parts, c.has_joint_holders, a.num, a.den
    FROM counted AS c
    INNER JOIN added AS a ON c.parcel_id = a.parcel_id AND c.parts = a.ordinal
)

SELECT
    t.commune_id,
    t.parcel_id,
    (t.num / t.den)::float8 AS measure,
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
WHERE CASE WHEN t.has_joint_holders THEN t.num >= t.den ELSE t.num <> t.den END;
