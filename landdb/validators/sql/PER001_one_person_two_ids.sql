-- Which two holders of the commune are probably one person under two citizen IDs: the same name, sex and birth?
-- The day agrees: someone must look. Only the year is known: a candidate, counted. Names are compared by blind index.
WITH twins AS (
    SELECT
        one.party_id,
        other.party_id AS other_id,
        one.birth_index IS NOT NULL AND one.birth_index = other.birth_index AS is_same_day
    FROM party.party AS one
    INNER JOIN party.party AS other
        ON
            one.name_index = other.name_index
            AND one.birth_year = other.birth_year
            AND one.party_id < other.party_id
            AND one.citizen_id_index <> other.citizen_id_index
    WHERE
        one.party_kind = 'NATURAL'
        AND one.id_kind = 'CITIZEN_ID'
        AND other.id_kind = 'CITIZEN_ID'
        AND one.name_fault IS NULL
        AND coalesce(one.sex = other.sex, true)
        AND coalesce(one.birth_index = other.birth_index, true)
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR one.name_index = ANY(ARRAY(
                SELECT z.name_index
                FROM registry.holding AS t
                INNER JOIN party.party AS z ON t.party_id = z.party_id
                WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
)

SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    min(k.parcel_id) AS other_parcel_id,
    'party:' || t.party_id || '|party:' || t.other_id AS subject,
    jsonb_build_object(
        'reason', CASE WHEN t.is_same_day THEN 'SAME_DAY' ELSE 'SAME_YEAR' END,
        'party_ids', jsonb_build_array(t.party_id, t.other_id)
    ) AS details,
    CASE WHEN t.is_same_day THEN 'warning' END AS severity
FROM twins AS t
INNER JOIN registry.holding AS h ON t.party_id = h.party_id
INNER JOIN registry.holding AS k ON t.other_id = k.party_id AND h.commune_id = k.commune_id
WHERE h.commune_id = ANY(%(commune_ids)s::int[])
GROUP BY h.commune_id, t.party_id, t.other_id, t.is_same_day;
