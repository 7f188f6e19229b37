-- The conformance kit as PostGIS scripts examine it.

-- name: make
CREATE TABLE drawn (unit integer NOT NULL, geom geometry NOT NULL);
CREATE TABLE boundary (geom geometry NOT NULL);

-- name: index
CREATE INDEX drawn_geom ON drawn USING gist (geom);
ANALYZE drawn;

-- name: invalid
SELECT
    unit,
    st_asbinary(location(st_isvaliddetail(geom)))
FROM drawn
WHERE NOT st_isvalid(geom);

-- name: overlaps
-- Invalid polygons are left out: one would abort the whole statement.
SELECT
    a.unit,
    b.unit,
    st_asbinary(st_intersection(a.geom, b.geom))
FROM drawn AS a
INNER JOIN drawn AS b ON a.geom && b.geom AND a.unit + 0 < b.unit + 0
WHERE st_isvalid(a.geom) AND st_isvalid(b.geom) AND st_overlaps(a.geom, b.geom);

-- name: relates
SELECT
    a.unit,
    b.unit,
    st_asbinary(st_intersection(a.geom, b.geom))
FROM drawn AS a
INNER JOIN drawn AS b ON a.geom && b.geom AND a.unit + 0 < b.unit + 0
WHERE st_isvalid(a.geom) AND st_isvalid(b.geom) AND st_relate(a.geom, b.geom, '2********');

-- name: gaps
SELECT st_asbinary((st_dump(st_difference(
    (SELECT st_union(geom) FROM boundary),
    (SELECT st_union(geom) FROM drawn WHERE st_isvalid(geom))
))).geom);
