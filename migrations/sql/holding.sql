-- holding: who holds what on which parcel now; one row per parcel and share. The one path from ground to people.
CREATE VIEW registry.holding AS
SELECT
    p.commune_id,
    p.parcel_id,
    link.baunit_id,
    r.rrr_id,
    r.rrr_kind,
    r.holder_group,
    r.certificate_id,
    sh.share_id,
    sh.party_id,
    sh.numerator,
    sh.denominator
FROM cadastre.parcel AS p
INNER JOIN registry.baunit_parcel AS link ON p.parcel_id = link.parcel_id
INNER JOIN registry.rrr AS r ON link.baunit_id = r.baunit_id
INNER JOIN registry.share AS sh ON r.rrr_id = sh.rrr_id;
