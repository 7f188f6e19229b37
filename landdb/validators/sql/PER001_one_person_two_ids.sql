-- Which two holders of the commune are probably one person under two citizen IDs: the same name, sex and birth?
-- The day agrees: someone must look. Only the year is known: a candidate, counted. Names are compared by blind index,
-- and a hash of name and year chooses whom to compare.
WITH people AS MATERIALIZED (
    SELECT
        h.commune_id,
        h.parcel_id,
        y.party_id,
        hash_record_extended(ROW(y.name_index, y.birth_year), 0) AS look
    FROM party.party AS y
    INNER JOIN registry.holding AS h ON y.party_id = h.party_id
    WHERE
        y.party_kind = 'NATURAL'
        AND y.id_kind = 'CITIZEN_ID'
        AND y.name_fault IS NULL
        AND y.birth_year IS NOT NULL
        AND h.commune_id = ANY(%(commune_ids)s::int[])
        AND (
            %(parcel_ids)s::bigint[] IS NULL
            OR y.name_index = ANY(ARRAY(
                SELECT z.name_index
                FROM registry.holding AS t
                INNER JOIN party.party AS z ON t.party_id = z.party_id
                WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
            ))
        )
),

alike AS MATERIALIZED (
    SELECT p.commune_id, p.look, array_agg(DISTINCT p.party_id) AS party_ids
    FROM people AS p
    INNER JOIN (
        SELECT q.commune_id, q.look
        FROM people AS q
        GROUP BY q.commune_id, q.look
        HAVING min(q.party_id) < max(q.party_id)
    ) AS several ON p.commune_id = several.commune_id AND p.look = several.look
    GROUP BY p.commune_id, p.look
),

twins AS MATERIALIZED (
    SELECT
        a.commune_id,
        a.look,
        one.party_id,
        other.party_id AS other_id,
        coalesce(one.birth_index = other.birth_index, false) AS is_same_day
    FROM alike AS a
    INNER JOIN party.party AS one ON one.party_id = ANY(a.party_ids)
    INNER JOIN party.party AS other ON other.party_id = ANY(a.party_ids) AND one.party_id < other.party_id
    WHERE
        one.name_index = other.name_index
        AND one.birth_year = other.birth_year
        AND one.citizen_id_index <> other.citizen_id_index
        AND coalesce(one.sex = other.sex, true)
        AND coalesce(one.birth_index = other.birth_index, true)
)

SELECT
    t.commune_id,
    min(p.parcel_id) FILTER (WHERE p.party_id = t.party_id) AS parcel_id,
    min(p.parcel_id) FILTER (WHERE p.party_id = t.other_id) AS other_parcel_id,
    'party:' || t.party_id || '|party:' || t.other_id AS subject,
    jsonb_build_object(
        'reason', CASE WHEN t.is_same_day THEN 'SAME_DAY' ELSE 'SAME_YEAR' END,
        'party_ids', jsonb_build_array(t.party_id, t.other_id)
    ) AS details,
    CASE WHEN t.is_same_day THEN 'warning' END AS severity
FROM twins AS t
INNER JOIN people AS p ON t.commune_id = p.commune_id AND t.look = p.look
GROUP BY t.commune_id, t.party_id, t.other_id, t.is_same_day;
