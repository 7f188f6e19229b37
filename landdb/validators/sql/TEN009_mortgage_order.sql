-- Which mortgages have no place in the order of satisfaction, share it with another, or were released twice?
-- Ranks are kept in registry.restriction; a mortgage that stands only among the rights has none.
WITH ranked AS (
    SELECT r.parcel_id, r.rank, count(*) AS mortgages
    FROM registry.restriction AS r
    WHERE
        r.restriction_kind = 'MORTGAGE'
        AND (%(parcel_ids)s::bigint[] IS NULL OR r.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    GROUP BY r.parcel_id, r.rank
),

told AS (
    SELECT DISTINCT h.parcel_id, 'NO_RANK' AS reason, 'right:' || h.rrr_id AS which
    FROM registry.holding AS h
    WHERE
        h.commune_id = ANY(%(commune_ids)s::int[])
        AND (%(parcel_ids)s::bigint[] IS NULL OR h.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        AND h.rrr_kind = 'MORTGAGE'
        AND NOT EXISTS (
            SELECT 1
            FROM registry.restriction AS r
            WHERE
                r.parcel_id = h.parcel_id AND r.restriction_kind = 'MORTGAGE' AND r.party_id = h.party_id
        )
    UNION ALL
    SELECT k.parcel_id, 'ONE_RANK_TWICE' AS reason, 'rank:' || k.rank AS which
    FROM ranked AS k
    WHERE k.mortgages > 1
    UNION ALL
    SELECT k.parcel_id, 'NO_FIRST_RANK' AS reason, 'rank:' || min(k.rank) AS which
    FROM ranked AS k
    GROUP BY k.parcel_id
    -- where an earlier rank was released the later ones move up by law, not on paper
    HAVING
        min(k.rank) > 1
        AND NOT EXISTS (
            SELECT 1
            FROM registry.restriction_history AS past
            WHERE
                past.parcel_id = k.parcel_id
                AND past.restriction_kind = 'MORTGAGE'
                AND past.rank < min(k.rank)
        )
    UNION ALL
    SELECT
        ended.parcel_id,
        'RELEASED_TWICE' AS reason,
        'restriction:' || ended.restriction_id AS which
    FROM (
        SELECT past.restriction_id, max(past.parcel_id) AS parcel_id
        FROM registry.restriction_history AS past
        INNER JOIN registry.transaction_change AS change
            ON
                change.noun = 'restriction'
                AND past.restriction_id = change.object_id
                AND change.action = 'ended'
        WHERE
            past.restriction_kind = 'MORTGAGE'
            AND (%(parcel_ids)s::bigint[] IS NULL OR past.parcel_id = ANY(%(parcel_ids)s::bigint[]))
        GROUP BY past.restriction_id
        HAVING count(DISTINCT change.transaction_id) > 1
    ) AS ended
)

SELECT
    p.commune_id,
    p.parcel_id,
    t.which,
    jsonb_build_object('reason', t.reason) AS details
FROM told AS t
INNER JOIN cadastre.parcel AS p ON t.parcel_id = p.parcel_id
WHERE p.commune_id = ANY(%(commune_ids)s::int[]);
