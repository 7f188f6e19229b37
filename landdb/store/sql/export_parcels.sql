-- name: parcels
-- The parcels of a commune as they were true in law on a day and known at a moment, in their sheets' own systems.
SELECT
    c.commune_code, s.sheet_no, p.parcel_no, p.parcel_code, p.old_sheet_no, p.old_parcel_no, p.address,
    p.land_use_label AS land_use, p.registered_area_m2, p.legal_area_m2, s.scale_denominator, s.srid,
    ST_AsBinary(p.geom) AS geom
FROM cadastre.parcel_as_of(%(valid_at)s::date, coalesce(%(known_at)s::timestamptz, now())) AS p
INNER JOIN cadastre.sheet AS s ON p.sheet_id = s.sheet_id
INNER JOIN admin.commune AS c ON s.commune_id = c.commune_id
WHERE
    c.commune_code = %(commune_code)s
    AND daterange(c.valid_from, c.valid_to) @> %(valid_at)s::date
    AND p.geom IS NOT NULL
ORDER BY s.srid, s.sheet_no, p.parcel_no
