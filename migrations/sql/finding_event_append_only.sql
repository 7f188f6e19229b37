-- What was decided about a finding cannot be unsaid, only followed by something else.
CREATE TRIGGER finding_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quality.finding_event
    FOR EACH STATEMENT EXECUTE FUNCTION admin.refuse_change();
