-- Which holders were born in the future, too long ago to be alive, or after their certificate was issued?
WITH old AS (
    SELECT y.party_id, y.birth_year
    FROM party.party AS y
    WHERE
        y.birth_year IS NOT NULL
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR y.party_id = ANY(ARRAY(
                SELECT t.party_id FROM registry.holding AS t WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
)

SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    'party:' || o.party_id AS subject,
    jsonb_build_object(
        'reason', CASE
            WHEN o.birth_year > extract(YEAR FROM %(today)s::date) THEN 'BORN_IN_FUTURE'
            WHEN bool_or(extract(YEAR FROM c.issued_on) < o.birth_year) THEN 'BORN_AFTER_CERTIFICATE'
            ELSE 'TOO_OLD'
        END,
        'party_id', o.party_id
    ) AS details,
    CASE WHEN o.birth_year < extract(YEAR FROM %(today)s::date) - %(oldest_years)s THEN 'warning' END AS severity
FROM old AS o
INNER JOIN registry.holding AS h ON o.party_id = h.party_id
LEFT JOIN registry.certificate AS c ON h.certificate_id = c.certificate_id
WHERE
    h.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        o.birth_year > extract(YEAR FROM %(today)s::date)
        OR o.birth_year < extract(YEAR FROM %(today)s::date) - %(oldest_years)s
        OR extract(YEAR FROM c.issued_on) < o.birth_year
    )
GROUP BY h.commune_id, o.party_id, o.birth_year;
