-- Which holders have no number at all: people without citizen ID, organisations without theirs?
SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    'party:' || y.party_id AS subject,
    jsonb_build_object(
        'reason', CASE y.party_kind WHEN 'ORGANISATION' THEN 'NO_ORGANISATION_NUMBER' ELSE 'NO_CITIZEN_ID' END,
        'party_id', y.party_id, 'parcels', count(DISTINCT h.parcel_id)
    ) AS details
FROM party.party AS y
INNER JOIN registry.holding AS h ON y.party_id = h.party_id
WHERE
    (
        (y.party_kind = 'NATURAL' AND y.id_kind = 'MISSING')
        OR (
            y.party_kind = 'ORGANISATION'
            AND y.org_no IS NULL
            AND y.tax_code_masked IS NULL
            AND h.holder_group <> 'COMMUNITY'
        )
    )
    AND h.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR y.party_id = ANY(ARRAY(
            SELECT t.party_id FROM registry.holding AS t WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
GROUP BY h.commune_id, y.party_id;
