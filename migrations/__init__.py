"""Schema migrations (Alembic); run through `landdb db upgrade` or `landdb.store.migrate.upgrade`."""
