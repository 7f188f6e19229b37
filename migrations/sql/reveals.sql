-- reveals: clear values leave by ticket only, the record of access grows only, and whatever grows is sealed.

CREATE FUNCTION audit.queue_for_sealing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = audit, pg_temp AS $$
BEGIN
    INSERT INTO audit.unsealed (access_id) SELECT access_id FROM recorded;
    RETURN NULL;
END $$;

CREATE TRIGGER queue_for_sealing AFTER INSERT ON audit.access
REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION audit.queue_for_sealing();

CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.seal
FOR EACH STATEMENT EXECUTE FUNCTION admin.refuse_change();
CREATE TRIGGER leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.leaf
FOR EACH STATEMENT EXECUTE FUNCTION admin.refuse_change();
CREATE TRIGGER consumed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.consumed
FOR EACH STATEMENT EXECUTE FUNCTION admin.refuse_change();
CREATE TRIGGER embargo_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.embargo
FOR EACH STATEMENT EXECUTE FUNCTION admin.refuse_change();

-- The blind index of whom a record is about, whatever the asker may read: the citizen must find each of them.
CREATE FUNCTION audit.subject_of(asked bigint) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = party, pg_temp AS $$
    SELECT p.citizen_id_index FROM party.party AS p WHERE p.party_id = asked
$$;

-- The one way on which ciphertext leaves: a ticket whose record an earlier transaction committed, once, within a minute.
CREATE FUNCTION party.reveal(asked uuid) RETURNS TABLE (
    party_id bigint, party_kind text, party_key bytea, key_id text, name bytea, citizen_id bytea, birth bytea,
    residence bytea, tax_code bytea
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = party, audit, registry, cadastre, admin, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ticket_of audit.access;
BEGIN
    SELECT a.* INTO ticket_of FROM audit.access AS a WHERE a.ticket = asked AND a.question = 'reveal';
    IF ticket_of.ticket IS NULL OR ticket_of.at < clock_timestamp() - interval '60 s' THEN
        RAISE EXCEPTION 'no valid ticket' USING ERRCODE = '42501';
    END IF;
    IF ticket_of.xid = pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'the record of this access is not committed yet' USING ERRCODE = '42501';
    END IF;
    INSERT INTO audit.consumed (ticket) VALUES (asked) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the ticket was used' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT
        p.party_id, p.party_kind, p.party_key, p.key_id,
        CASE WHEN 'name' = ANY(ticket_of.fields) THEN p.name_enc END,
        CASE WHEN 'citizen_id' = ANY(ticket_of.fields) THEN p.citizen_id_enc END,
        CASE WHEN 'birth' = ANY(ticket_of.fields) THEN p.birth_enc END,
        CASE WHEN 'residence' = ANY(ticket_of.fields) THEN p.residence_enc END,
        CASE WHEN 'tax_code' = ANY(ticket_of.fields) THEN p.tax_code_enc END
    FROM party.party AS p
    WHERE
        p.party_id = ticket_of.party_id
        AND (
            ticket_of.communes IS NULL
            OR EXISTS (
                SELECT 1
                FROM registry.share AS s
                INNER JOIN registry.rrr AS r ON s.rrr_id = r.rrr_id
                INNER JOIN registry.baunit AS b ON r.baunit_id = b.baunit_id
                INNER JOIN admin.commune AS c ON b.commune_id = c.commune_id
                WHERE s.party_id = p.party_id AND c.commune_code = ANY(ticket_of.communes)
            )
        );
END $$;

REVOKE ALL ON FUNCTION audit.queue_for_sealing(), audit.subject_of(bigint), party.reveal(uuid) FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
