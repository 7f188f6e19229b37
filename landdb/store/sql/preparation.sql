-- name: missing
-- What this role cannot do itself: make extensions that are not trusted, write into a table of PostGIS.
WITH me AS (
    SELECT rolsuper, has_database_privilege(current_database(), 'CREATE') AS may_create
    FROM pg_catalog.pg_roles
    WHERE rolname = current_user
),
wanted AS (
    SELECT w.turn, 'CREATE EXTENSION ' || w.name || ';' AS statement
    FROM me
    CROSS JOIN unnest(%(extensions)s::text[]) WITH ORDINALITY AS w (name, turn)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = w.name)
      AND NOT (me.may_create AND EXISTS (
          SELECT FROM pg_catalog.pg_available_extension_versions AS v WHERE v.name = w.name AND v.trusted
      ))
      AND NOT me.rolsuper
    UNION ALL
    SELECT 1 + cardinality(%(extensions)s::text[]), 'GRANT INSERT ON public.spatial_ref_sys TO ' || quote_ident(current_user) || ';'
    FROM me
    WHERE NOT me.rolsuper
      AND coalesce(NOT has_table_privilege(to_regclass('public.spatial_ref_sys'), 'INSERT'), true)
)
SELECT array_agg(statement ORDER BY turn) FROM wanted
