-- recording_moment: when what is written now counts as known. Writers that waited for their turn set
-- landdb.recorded_at after the wait: now() is when their transaction began, perhaps before a change that went first.
CREATE OR REPLACE FUNCTION admin.recording_moment() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('landdb.recorded_at', true), '')::timestamptz, now())
$$;

-- keep_version: move the version that an UPDATE or DELETE ends into <table>_history, in both time axes.
-- An UPDATE takes effect in law on NEW.valid_from; a DELETE on the transaction's landdb.legal_date, else today.
CREATE OR REPLACE FUNCTION admin.keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    history text := format('%I.%I', tg_table_schema, tg_table_name || '_history');
    moment timestamptz := admin.recording_moment();
    legal_end date;
BEGIN
    IF tg_op = 'UPDATE' THEN
        IF NEW.valid_from < OLD.valid_from THEN
            RAISE EXCEPTION 'a change cannot take effect before the version it ends'
                USING ERRCODE = '22008', HINT = 'correct the earlier version first';
        END IF;
        legal_end := NEW.valid_from;
        NEW.version := OLD.version + 1;
        NEW.recorded_at := moment;
    ELSE
        legal_end := coalesce(nullif(current_setting('landdb.legal_date', true), '')::date, current_date);
    END IF;
    IF OLD.recorded_at < moment THEN
        -- what we believed until now: this version, in force without end
        EXECUTE format('INSERT INTO %s SELECT ($1).*, $2, $3', history)
            USING OLD, 'infinity'::date, moment;
    END IF;
    IF OLD.valid_from < legal_end THEN
        -- what we believe from now on: this version, in force until the legal date
        OLD.recorded_at := moment;
        EXECUTE format('INSERT INTO %s SELECT ($1).*, $2, $3', history)
            USING OLD, legal_end, 'infinity'::timestamptz;
    END IF;
    RETURN CASE WHEN tg_op = 'UPDATE' THEN NEW ELSE OLD END;
END $$;

-- refuse_change: for tables that only grow.
CREATE OR REPLACE FUNCTION admin.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only', tg_table_schema, tg_table_name USING ERRCODE = '42501';
END $$;
