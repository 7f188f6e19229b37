-- What is told of whole collections of features.

-- name: count
SELECT count(*)::bigint
FROM $$relation AS v
$$joins
WHERE $$where

-- name: box
-- From the top of the spatial index: it costs nothing and holds everything.
SELECT ST_XMin(b.box), ST_YMin(b.box), ST_XMax(b.box), ST_YMax(b.box)
FROM ST_EstimatedExtent(%(schema)s, %(table)s, %(column)s) AS b (box)

-- name: since
SELECT least((SELECT min(v.valid_from) FROM $$noun AS v), (SELECT min(h.valid_from) FROM $$noun_history AS h))

-- name: srids
SELECT s.srid
FROM cadastre.sheet AS s
GROUP BY s.srid
ORDER BY count(*) DESC, s.srid
