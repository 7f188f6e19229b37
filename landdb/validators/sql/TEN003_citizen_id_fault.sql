-- Which holders in this commune have a citizen ID at fault? One finding per holder, at the first parcel.
-- A year of birth or sex that disagrees may be wrong on either side: a warning.
SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    'party:' || y.party_id AS subject,
    jsonb_build_object(
        'reason', y.citizen_id_fault, 'party_id', y.party_id, 'parcels', count(DISTINCT h.parcel_id)
    ) AS details,
    CASE
        WHEN y.citizen_id_fault IN ('BIRTH_YEAR_DISAGREES', 'SEX_DISAGREES') THEN 'warning'
    END AS severity
FROM party.party AS y
INNER JOIN registry.holding AS h ON y.party_id = h.party_id
WHERE
    y.citizen_id_fault IS NOT NULL
    AND h.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR y.party_id = ANY(ARRAY(
            SELECT t.party_id FROM registry.holding AS t WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
GROUP BY h.commune_id, y.party_id;
