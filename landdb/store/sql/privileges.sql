-- Grants and policies of the API's logins, made anew as a whole (landdb/store/privileges.py runs them in this order:
-- what begins with `before_`, the grants on tables, the rest).

-- name: before_nothing_is_granted
DO $$
DECLARE named text; policed record;
BEGIN
    FOR named IN
        SELECT n.nspname FROM pg_namespace AS n WHERE n.nspname IN (
            'admin', 'cadastre', 'registry', 'party', 'staging', 'quality', 'audit', 'access', 'feed', 'serving'
        )
    LOOP
        EXECUTE format(
            'REVOKE ALL ON ALL TABLES IN SCHEMA %1$I FROM PUBLIC, landdb_public, landdb_citizen, landdb_staff, '
            'landdb_service, landdb_audit, landdb_tiles, landdb_writer, landdb_desk', named
        );
        EXECUTE format(
            'REVOKE ALL ON ALL SEQUENCES IN SCHEMA %1$I FROM PUBLIC, landdb_public, landdb_citizen, landdb_staff, '
            'landdb_service, landdb_audit, landdb_tiles, landdb_writer, landdb_desk', named
        );
    END LOOP;
    FOR policed IN
        SELECT p.schemaname, p.tablename, p.policyname FROM pg_policies AS p
        WHERE p.policyname LIKE 'landdb\_%'
    LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', policed.policyname, policed.schemaname, policed.tablename);
    END LOOP;
END $$

-- name: before_definers_are_for_nobody
-- A function that runs as its owner is for those who are named below; triggers need no leave to fire.
DO $$
DECLARE named regprocedure; path text;
BEGIN
    FOR named, path IN
        SELECT
            p.oid::regprocedure,
            (SELECT substr(c, 13) FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%')
        FROM pg_proc AS p INNER JOIN pg_namespace AS n ON p.pronamespace = n.oid
        WHERE p.prosecdef AND n.nspname IN (
            'admin', 'cadastre', 'registry', 'party', 'staging', 'quality', 'audit', 'access', 'feed', 'serving'
        )
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', named);
        IF path NOT LIKE '%pg_temp%' THEN
            -- a table of the session must not stand in for one that the function means
            EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', named, path);
        END IF;
    END LOOP;
END $$

-- name: doors
DO $$
BEGIN
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO landdb_public, landdb_citizen, landdb_staff, landdb_service, landdb_audit, '
        'landdb_tiles, landdb_writer, landdb_desk', current_database()
    );
END $$

-- name: schemas
GRANT USAGE ON SCHEMA admin, cadastre, registry, party, quality, feed, serving, staging, access
TO landdb_public, landdb_citizen, landdb_staff, landdb_service, landdb_audit, landdb_tiles, landdb_writer

-- name: audit_schema
GRANT USAGE ON SCHEMA audit TO landdb_citizen, landdb_staff, landdb_service, landdb_audit

-- name: desk
GRANT USAGE ON SCHEMA access TO landdb_desk

-- name: revision
GRANT SELECT ON public.alembic_version
TO landdb_public, landdb_citizen, landdb_staff, landdb_service, landdb_audit, landdb_tiles, landdb_writer, landdb_desk

-- name: askers
GRANT EXECUTE ON FUNCTION
access.claims(), access.is_operator(), access.sees_everywhere(), access.communes(), access.own_baunits(),
registry.certificates_by_serial(text, date, timestamptz), registry.holder_count(bigint), registry.parcel_tags(bigint[])
TO landdb_public, landdb_citizen, landdb_staff, landdb_service, landdb_audit, landdb_tiles, landdb_writer

-- name: rows
-- Who owns the register sees it whole; who writes for the API does too, what a clerk may change is checked by its door
-- and, on the ground, by the policies below.
DO $$
DECLARE named regclass;
BEGIN
    FOREACH named IN ARRAY ARRAY[
        'registry.share', 'registry.share_history', 'registry.restriction', 'registry.restriction_history',
        'registry.remark', 'party.party', 'party.party_history', 'party.sealing_key',
        'quality.finding_event', 'quality.waiver', 'quality.proposal', 'quality.proposal_change',
        'audit.access', 'audit.unsealed', 'audit.seal', 'audit.leaf', 'audit.consumed', 'audit.embargo', 'audit.quota'
    ]::regclass[]
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', named);
        -- Leaves are copied in, which PostgreSQL does not do for whoever is subject to row security.
        IF named::text <> 'audit.leaf' THEN
            EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', named);
        END IF;
        EXECUTE format('CREATE POLICY landdb_owner ON %s TO CURRENT_ROLE USING (true) WITH CHECK (true)', named);
        IF named::text NOT LIKE 'audit.%' AND named::text <> 'party.sealing_key' THEN
            EXECUTE format('CREATE POLICY landdb_writer ON %s TO landdb_writer USING (true) WITH CHECK (true)', named);
        END IF;
    END LOOP;
END $$

-- name: shares
-- A share is seen by staff and services of its commune. `baunit` says which that is.
CREATE POLICY landdb_staff ON registry.share FOR SELECT TO landdb_staff, landdb_service USING (
    (SELECT access.sees_everywhere())
    OR EXISTS (
        SELECT FROM registry.rrr AS r
        INNER JOIN registry.baunit AS b ON r.baunit_id = b.baunit_id
        WHERE r.rrr_id = share.rrr_id AND b.commune_id = ANY((SELECT access.communes())::int[])
    )
)

-- name: former_shares
CREATE POLICY landdb_staff ON registry.share_history FOR SELECT TO landdb_staff, landdb_service USING (
    (SELECT access.sees_everywhere())
    OR EXISTS (
        SELECT FROM registry.rrr AS r
        INNER JOIN registry.baunit AS b ON r.baunit_id = b.baunit_id
        WHERE r.rrr_id = share_history.rrr_id AND b.commune_id = ANY((SELECT access.communes())::int[])
    )
    OR EXISTS (
        SELECT FROM registry.rrr_history AS r
        INNER JOIN registry.baunit AS b ON r.baunit_id = b.baunit_id
        WHERE r.rrr_id = share_history.rrr_id AND b.commune_id = ANY((SELECT access.communes())::int[])
    )
)

-- name: own_shares
-- A citizen sees who holds what they hold themselves, now.
CREATE POLICY landdb_citizen ON registry.share FOR SELECT TO landdb_citizen USING (
    EXISTS (
        SELECT FROM registry.rrr AS r
        WHERE r.rrr_id = share.rrr_id AND r.baunit_id = ANY((SELECT access.own_baunits())::bigint[])
    )
)

-- name: parties
CREATE POLICY landdb_staff ON party.party FOR SELECT TO landdb_staff, landdb_service USING (
    (SELECT access.sees_everywhere())
    OR EXISTS (SELECT FROM registry.share AS s WHERE s.party_id = party.party_id)
    OR EXISTS (SELECT FROM registry.share_history AS s WHERE s.party_id = party.party_id)
)

-- name: former_parties
CREATE POLICY landdb_staff ON party.party_history FOR SELECT TO landdb_staff, landdb_service USING (
    (SELECT access.sees_everywhere())
    OR EXISTS (SELECT FROM registry.share AS s WHERE s.party_id = party_history.party_id)
    OR EXISTS (SELECT FROM registry.share_history AS s WHERE s.party_id = party_history.party_id)
)

-- name: own_party
CREATE POLICY landdb_citizen ON party.party FOR SELECT TO landdb_citizen USING (
    EXISTS (SELECT FROM registry.share AS s WHERE s.party_id = party.party_id)
)

-- name: work
-- Who decided what about findings and repairs is for those who work on them.
DO $$
DECLARE named regclass;
BEGIN
    FOREACH named IN ARRAY ARRAY[
        'quality.finding_event', 'quality.waiver', 'quality.proposal', 'quality.proposal_change'
    ]::regclass[]
    LOOP
        EXECUTE format('CREATE POLICY landdb_staff ON %s FOR SELECT TO landdb_staff USING (true)', named);
    END LOOP;
END $$

-- name: access_records
-- Whoever asks about a person leaves a record in their own name. A ticket for clear values is a clerk's, and opens what
-- the clerk's mandate covers.
CREATE POLICY landdb_staff ON audit.access FOR INSERT TO landdb_staff, landdb_service WITH CHECK (
    actor = (SELECT access.claims()) ->> 'actor'
    AND actor_org IS NOT DISTINCT FROM (SELECT access.claims()) ->> 'org'
    AND actor_role = (SELECT access.claims()) ->> 'role'
    AND (
        question <> 'reveal'
        OR (actor_role = 'clerk' AND coalesce(to_jsonb(communes), 'null') = (SELECT access.claims()) -> 'communes')
    )
)

-- name: own_access_records
-- They see their own, and count those of their organisation.
CREATE POLICY landdb_own ON audit.access FOR SELECT TO landdb_staff, landdb_service USING (
    actor = (SELECT access.claims()) ->> 'actor' OR actor_org = (SELECT access.claims()) ->> 'org'
)

-- name: access_records_about_oneself
CREATE POLICY landdb_citizen ON audit.access FOR SELECT TO landdb_citizen USING (
    subject_index = decode((SELECT access.claims()) ->> 'citizen', 'hex')
)

-- name: all_access_records
-- What proves the record holds no person; the record itself is for auditors, not for administrators.
DO $$
DECLARE named regclass;
BEGIN
    FOREACH named IN ARRAY ARRAY[
        'audit.access', 'audit.unsealed', 'audit.seal', 'audit.leaf', 'audit.consumed', 'audit.embargo', 'audit.quota'
    ]::regclass[]
    LOOP
        EXECUTE format(
            'CREATE POLICY landdb_audit ON %s FOR SELECT TO landdb_audit '
            'USING ((SELECT access.claims()) ->> ''role'' = ''auditor'')', named
        );
    END LOOP;
END $$

-- name: quotas
CREATE POLICY landdb_asker ON audit.quota FOR SELECT
TO landdb_citizen, landdb_staff, landdb_service, landdb_audit USING (true)

-- name: unsealed
-- Clear values are shown only while sealing keeps up.
CREATE POLICY landdb_staff ON audit.unsealed FOR SELECT TO landdb_staff, landdb_service USING (true)

-- name: embargoes
CREATE POLICY landdb_citizen ON audit.embargo FOR SELECT TO landdb_citizen USING (true)

-- name: tickets
GRANT EXECUTE ON FUNCTION audit.subject_of(bigint) TO landdb_staff, landdb_service

-- name: clear_values
GRANT EXECUTE ON FUNCTION party.reveal(uuid) TO landdb_staff

-- name: ground
-- Everyone reads the ground; no policy but `true` may stand here, or the spatial index is lost to all who are subject
-- to it. The API changes it only in the communes of whoever changes it.
DO $$
DECLARE named regclass;
BEGIN
    FOREACH named IN ARRAY ARRAY['cadastre.parcel', 'cadastre.land_object']::regclass[]
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', named);
        EXECUTE format(
            'CREATE POLICY landdb_read ON %s FOR SELECT TO landdb_public, landdb_citizen, landdb_staff, '
            'landdb_service, landdb_audit, landdb_tiles, landdb_writer USING (true)', named
        );
        EXECUTE format(
            'CREATE POLICY landdb_insert ON %s FOR INSERT TO landdb_writer WITH CHECK ('
            '(SELECT access.sees_everywhere()) OR commune_id = ANY((SELECT access.communes())::int[]))', named
        );
        EXECUTE format(
            'CREATE POLICY landdb_update ON %s FOR UPDATE TO landdb_writer USING ('
            '(SELECT access.sees_everywhere()) OR commune_id = ANY((SELECT access.communes())::int[]))', named
        );
        EXECUTE format(
            'CREATE POLICY landdb_delete ON %s FOR DELETE TO landdb_writer USING ('
            '(SELECT access.sees_everywhere()) OR commune_id = ANY((SELECT access.communes())::int[]))', named
        );
    END LOOP;
END $$
