-- name: list_what_slows
-- Plain indexes and references of a table: how each is dropped, and how it is made again. What guards uniqueness
-- stays, and so does an index of few rows: to pass by the others costs less than to read the table once more.
SELECT format('DROP INDEX %%s', x.indexrelid::regclass), pg_get_indexdef(x.indexrelid)
FROM pg_catalog.pg_index AS x
WHERE x.indrelid = %(table)s::regclass AND NOT x.indisunique AND x.indpred IS NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conindid = x.indexrelid)
UNION ALL
SELECT
    format('ALTER TABLE %%s DROP CONSTRAINT %%I', c.conrelid::regclass, c.conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
FROM pg_catalog.pg_constraint AS c
WHERE c.conrelid = %(table)s::regclass AND c.contype = 'f';
