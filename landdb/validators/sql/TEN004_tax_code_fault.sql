-- Which holders in this commune have a tax code or an organisation number at fault?
SELECT
    h.commune_id,
    min(h.parcel_id) AS parcel_id,
    'party:' || y.party_id || ' ' || fault.field AS subject,
    jsonb_build_object(
        'field', fault.field, 'reason', fault.reason, 'party_id', y.party_id,
        'parcels', count(DISTINCT h.parcel_id)
    ) AS details
FROM party.party AS y
CROSS JOIN LATERAL (
    VALUES ('tax_code', y.tax_code_fault), ('org_no', y.org_no_fault)
) AS fault (field, reason)
INNER JOIN registry.holding AS h ON y.party_id = h.party_id
WHERE
    (y.tax_code_fault IS NOT NULL OR y.org_no_fault IS NOT NULL)
    AND fault.reason IS NOT NULL
    AND h.commune_id = ANY(%(commune_ids)s::int[])
    AND (
        %(parcel_ids)s::bigint[] IS NULL
        OR y.party_id = ANY(ARRAY(
            SELECT t.party_id FROM registry.holding AS t WHERE t.parcel_id = ANY(%(parcel_ids)s::bigint[])
        ))
    )
GROUP BY h.commune_id, y.party_id, fault.field, fault.reason;
