-- note_change: while landdb.transaction_id is set, every version that is made or ended is noted with its transaction.
-- The trigger's argument names the key column. Geometry is compared as GeoJSON of 9 decimals, far below the 1 mm grid.
CREATE FUNCTION registry.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN tg_op <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN tg_op <> 'DELETE' THEN to_jsonb(NEW) END;
    kept jsonb := coalesce(new_row, old_row);
    changed text[];
BEGIN
    IF tg_op = 'UPDATE' THEN
        changed := ARRAY(
            SELECT n.key
            FROM jsonb_each(new_row) AS n
            WHERE n.value IS DISTINCT FROM old_row -> n.key AND n.key NOT IN ('version', 'recorded_at')
            ORDER BY n.key
        );
    END IF;
    INSERT INTO registry.transaction_change (transaction_id, noun, object_id, version, action, fields)
    VALUES (
        current_setting('landdb.transaction_id')::bigint,
        tg_table_name,
        (kept ->> tg_argv[0])::bigint,
        (kept ->> 'version')::int,
        CASE tg_op WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'ended' END,
        changed
    );
    RETURN NULL;
END $$;
