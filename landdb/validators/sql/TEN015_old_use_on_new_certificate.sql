-- Which land uses are codes whose list had ended when the parcel's certificate was issued?
-- ended_uses: (code, valid_to) of codes of the earlier lists.
WITH ended AS MATERIALIZED (
    SELECT e.code, e.valid_to
    FROM jsonb_to_recordset(%(ended_uses)s) AS e (code text, valid_to date)
)

SELECT DISTINCT
    p.commune_id,
    p.parcel_id,
    'use:' || u.ordinal AS which,
    jsonb_build_object('land_use_code', u.land_use_code, 'list_ended_on', e.valid_to) AS details
FROM cadastre.land_use AS u
INNER JOIN ended AS e ON u.land_use_code = e.code
INNER JOIN cadastre.parcel AS p ON u.parcel_id = p.parcel_id
INNER JOIN registry.baunit_parcel AS link ON p.parcel_id = link.parcel_id
INNER JOIN registry.certificate AS c ON link.baunit_id = c.baunit_id
WHERE
    p.commune_id = ANY(%(commune_ids)s::int[])
    AND (%(parcel_ids)s::bigint[] IS NULL OR p.parcel_id = ANY(%(parcel_ids)s::bigint[]))
    AND u.batch_id = link.batch_id
    AND c.issued_on >= e.valid_to;
