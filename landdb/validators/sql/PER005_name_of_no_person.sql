-- Which holders have a name that is not the name of one person: a filler, digits, several people, one word?
-- Judged when the name was sealed; names left in an old font are TXT001's.
SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    'party:' || y.party_id AS subject,
    jsonb_build_object('reason', y.name_fault, 'party_id', y.party_id) AS details
FROM party.party AS y
INNER JOIN registry.holding AS h ON y.party_id = h.party_id
WHERE
    y.name_fault IN ('PLACEHOLDER', 'DIGITS', 'SEVERAL_PEOPLE', 'ONE_WORD')
    AND h.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR y.party_id = ANY(ARRAY(
            SELECT t.party_id FROM registry.holding AS t WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
GROUP BY h.commune_id, y.party_id;
