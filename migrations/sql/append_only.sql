-- audit.access only grows: what was looked at cannot be unsaid.
CREATE TRIGGER access_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.access
    FOR EACH STATEMENT EXECUTE FUNCTION admin.refuse_change();
