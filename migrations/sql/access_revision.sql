-- access_revision: count what may end or change a right to ask, so that servers forget what they know of it.
INSERT INTO access.revision DEFAULT VALUES;

CREATE FUNCTION access.count_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = access, pg_temp AS $$
BEGIN
    UPDATE access.revision SET revision = revision + 1;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION access.count_revision() FROM PUBLIC;

CREATE TRIGGER count_revision AFTER INSERT OR UPDATE OR DELETE ON access.mandate
FOR EACH STATEMENT EXECUTE FUNCTION access.count_revision();
CREATE TRIGGER count_revision AFTER UPDATE OR DELETE ON access.agreement
FOR EACH STATEMENT EXECUTE FUNCTION access.count_revision();
CREATE TRIGGER count_revision AFTER UPDATE OR DELETE ON access.client
FOR EACH STATEMENT EXECUTE FUNCTION access.count_revision();
CREATE TRIGGER count_revision AFTER UPDATE OF is_locked, password_hash OR DELETE ON access.account
FOR EACH STATEMENT EXECUTE FUNCTION access.count_revision();
CREATE TRIGGER count_revision AFTER UPDATE OF ended_at OR DELETE ON access.session
FOR EACH STATEMENT EXECUTE FUNCTION access.count_revision();
