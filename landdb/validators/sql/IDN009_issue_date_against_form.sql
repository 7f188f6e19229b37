-- Which certificates are dated outside the years in which their form was printed, or have an unreadable date?
-- serial_periods: (pattern, valid_from, valid_to) of each form of serial; the first that fits applies.
WITH form AS MATERIALIZED (
    SELECT f.ordinal, f.pattern, f.valid_from, f.valid_to
    FROM jsonb_to_recordset(%(serial_periods)s) AS f (ordinal int, pattern text, valid_from date, valid_to date)
),

dated AS (
    SELECT
        c.commune_id,
        c.certificate_id,
        c.baunit_id,
        CASE
            WHEN c.issued_on IS NULL THEN 'UNREADABLE'
            WHEN c.issued_on > %(today)s::date THEN 'IN_FUTURE'
            WHEN c.issued_on < f.valid_from - %(overlap_days)s::int THEN 'BEFORE_ITS_FORM'
            WHEN c.issued_on >= f.valid_to + %(overlap_days)s::int THEN 'AFTER_ITS_FORM'
        END AS reason,
        extract(YEAR FROM c.issued_on)::int AS issued_year
    FROM registry.certificate AS c
    LEFT JOIN LATERAL (
        SELECT form.valid_from, form.valid_to
        FROM form
        WHERE c.serial_fault IS NULL AND c.serial ~ form.pattern
        ORDER BY form.ordinal
        LIMIT 1
    ) AS f ON true
    WHERE
        c.commune_id = ANY(%(commune_ids)s::int[])
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR c.baunit_id = ANY(ARRAY(
                SELECT l.baunit_id FROM registry.baunit_parcel AS l WHERE l.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
        AND (c.issued_on IS NOT NULL OR c.issued_on_raw IS NOT NULL)
)

SELECT
    d.commune_id,
    (SELECT min(link.parcel_id) FROM registry.baunit_parcel AS link WHERE link.baunit_id = d.baunit_id) AS parcel_id,
    'certificate:' || d.certificate_id AS which,
    jsonb_build_object(
        'reason', d.reason, 'certificate_id', d.certificate_id, 'issued_year', d.issued_year
    ) AS details
FROM dated AS d
WHERE d.reason IS NOT NULL;
