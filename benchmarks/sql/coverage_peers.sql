-- What PostGIS is asked beside landdb's coverage check.

-- name: make_units
-- The polygons of a fabric, parcels and objects alike.
CREATE TABLE unit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, geom geometry NOT NULL);

-- name: index_units
CREATE INDEX unit_geom ON unit USING gist (geom);

-- name: overlapping_pairs
-- Pairs that share ground. `+ 0` keeps the planner from walking the primary key for every row, which is quadratic.
SELECT count(*)
FROM unit AS a
INNER JOIN unit AS b ON a.geom && b.geom AND a.id + 0 < b.id + 0
WHERE st_relate(a.geom, b.geom, '2********');
