-- PostGIS 3.3 lists 7 of the 21 VN-2000 systems; the others are entered here, with the shift of
-- QĐ 05/2007/QĐ-BTNMT (EPSG operation "VN-2000 to WGS 84 (2)") in PROJ's position-vector signs.
-- srtext stays empty: PostGIS asks PROJ for EPSG:code first and falls back to proj4text, which has the shift;
-- a WKT between the two would lose it.
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
SELECT
    zone.srid, 'EPSG' AS auth_name, zone.srid AS auth_srid, '' AS srtext,
    format(
        '+proj=tmerc +lat_0=0 +lon_0=%s +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 '
        '+towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 '
        '+units=m +no_defs',
        zone.central_meridian
    )
FROM (
    VALUES
    (5896, 102.0), (9205, 103.0), (9206, 104.0), (9207, 104.5), (9208, 104.75), (5897, 105.0), (9209, 105.5),
    (9210, 105.75), (9211, 106.0), (9212, 106.25), (9213, 106.5), (9214, 107.0), (9215, 107.25), (9216, 107.5),
    (5899, 107.75), (5898, 108.0), (9217, 108.25), (9218, 108.5)
) AS zone (srid, central_meridian)
WHERE NOT EXISTS (SELECT FROM spatial_ref_sys AS known WHERE known.srid = zone.srid);
