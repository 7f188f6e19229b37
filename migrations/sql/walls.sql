-- walls: who is asking, as PostgreSQL believes it, and what each may see. Row security stands on these functions.
-- A request's context is signed by the server's key (HMAC-SHA-256, RFC 2104), which no login of the API can read;
-- any role may set the parameter, none can forge it.

CREATE FUNCTION access.is_operator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = access, pg_temp AS $$
    SELECT pg_has_role(session_user, current_user, 'USAGE')
$$;
COMMENT ON FUNCTION access.is_operator() IS 'Whether the login may act as the owner of the register: the command line';

CREATE FUNCTION access.claims() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = access, pg_temp AS $$
DECLARE
    told text := coalesce(current_setting('landdb.context', true), '');
    mac text := coalesce(current_setting('landdb.context_mac', true), '');
    known access.context_key;
    claims jsonb;
BEGIN
    IF session_user IN ('landdb_public', 'landdb_tiles') THEN
        RETURN '{"role": "public"}';
    END IF;
    SELECT * INTO known FROM access.context_key AS k WHERE k.key_id = split_part(mac, '.', 1);
    IF known.key_id IS NULL OR split_part(mac, '.', 2) IS DISTINCT FROM
        encode(sha256(known.outer_key || sha256(known.inner_key || convert_to(told, 'UTF8'))), 'hex')
    THEN
        RAISE EXCEPTION 'no context of a request, or none that was signed here' USING ERRCODE = '28000';
    END IF;
    claims := told::jsonb;
    IF claims ->> 'login' IS DISTINCT FROM session_user::text THEN
        RAISE EXCEPTION 'the context is of another login' USING ERRCODE = '28000';
    END IF;
    IF (claims ->> 'until')::float8 < extract(EPOCH FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'the context of the request has expired' USING ERRCODE = '28000';
    END IF;
    RETURN claims;
END $$;
COMMENT ON FUNCTION access.claims() IS 'Who asks, from the signed context; raises 28000 without one';

CREATE FUNCTION access.sees_everywhere() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = access, pg_temp AS $$
DECLARE claims jsonb;
BEGIN
    IF access.is_operator() THEN
        RETURN true;
    END IF;
    claims := access.claims();
    RETURN claims ->> 'role' IN ('clerk', 'service') AND jsonb_typeof(claims -> 'communes') = 'null';
END $$;
COMMENT ON FUNCTION access.sees_everywhere() IS 'Whether holders of all communes are for these eyes';

CREATE FUNCTION access.communes() RETURNS int[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = access, admin, pg_temp AS $$
DECLARE claims jsonb;
BEGIN
    IF access.is_operator() THEN
        RETURN '{}';
    END IF;
    claims := access.claims();
    IF claims ->> 'role' NOT IN ('clerk', 'service') OR jsonb_typeof(claims -> 'communes') <> 'array' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT c.commune_id FROM admin.commune AS c
        WHERE c.commune_code IN (SELECT jsonb_array_elements_text(claims -> 'communes'))
    );
END $$;
COMMENT ON FUNCTION access.communes() IS 'The communes whose holders are for these eyes, when it is not all of them';

CREATE FUNCTION access.own_baunits() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = access, registry, party, pg_temp AS $$
DECLARE claims jsonb;
BEGIN
    IF access.is_operator() THEN
        RETURN '{}';
    END IF;
    claims := access.claims();
    IF claims ->> 'role' <> 'citizen' OR claims ->> 'citizen' IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT r.baunit_id
        FROM party.party AS p
        INNER JOIN registry.share AS s ON p.party_id = s.party_id
        INNER JOIN registry.rrr AS r ON s.rrr_id = r.rrr_id
        WHERE p.citizen_id_index = decode(claims ->> 'citizen', 'hex')
    );
END $$;
COMMENT ON FUNCTION access.own_baunits() IS 'What the citizen who asks holds a right in';

-- shown_certificate: certificates, with their numbers only for eyes that may see holders there. These views run as
-- their owner on purpose: they hide columns, never rows.
CREATE VIEW registry.shown_certificate AS
SELECT
    c.certificate_id,
    c.baunit_id,
    c.commune_id,
    CASE WHEN seen.it THEN c.serial END AS serial,
    c.serial_fault,
    CASE WHEN seen.it THEN c.registry_no END AS registry_no,
    c.issued_on,
    c.batch_id,
    c.version,
    c.valid_from,
    c.recorded_at
FROM registry.certificate AS c
CROSS JOIN LATERAL (
    SELECT
        (SELECT access.sees_everywhere())
        OR c.commune_id = ANY((SELECT access.communes())::int[])
        OR c.baunit_id = ANY((SELECT access.own_baunits())::bigint[]) AS it
) AS seen;
CREATE VIEW registry.shown_certificate_history AS
SELECT
    c.certificate_id,
    c.baunit_id,
    c.commune_id,
    CASE WHEN seen.it THEN c.serial END AS serial,
    c.serial_fault,
    CASE WHEN seen.it THEN c.registry_no END AS registry_no,
    c.issued_on,
    c.batch_id,
    c.version,
    c.valid_from,
    c.recorded_at,
    c.valid_to,
    c.superseded_at
FROM registry.certificate_history AS c
CROSS JOIN LATERAL (
    SELECT
        (SELECT access.sees_everywhere())
        OR c.commune_id = ANY((SELECT access.communes())::int[])
        OR c.baunit_id = ANY((SELECT access.own_baunits())::bigint[]) AS it
) AS seen;

CREATE FUNCTION registry.shown_certificate_as_of(valid_at date, known_at timestamptz)
RETURNS SETOF registry.shown_certificate_history LANGUAGE sql STABLE AS $$
    SELECT v.*, 'infinity'::date, 'infinity'::timestamptz
    FROM registry.shown_certificate AS v
    WHERE v.valid_from <= $1 AND v.recorded_at <= $2
    UNION ALL
    SELECT h.*
    FROM registry.shown_certificate_history AS h
    WHERE h.valid_from <= $1 AND $1 < h.valid_to AND h.recorded_at <= $2 AND $2 < h.superseded_at
$$;

-- masked_party: people and organisations as answers show them. Sealed columns are granted to nobody.
CREATE VIEW party.masked_party WITH (security_invoker = true) AS
SELECT
    p.party_id,
    p.party_kind,
    p.name_masked,
    p.citizen_id_masked,
    p.citizen_id_index,
    p.org_no,
    p.version,
    p.valid_from,
    p.recorded_at
FROM party.party AS p;
CREATE VIEW party.masked_party_history WITH (security_invoker = true) AS
SELECT
    p.party_id,
    p.party_kind,
    p.name_masked,
    p.citizen_id_masked,
    p.citizen_id_index,
    p.org_no,
    p.version,
    p.valid_from,
    p.recorded_at,
    p.valid_to,
    p.superseded_at
FROM party.party_history AS p;

CREATE FUNCTION party.masked_party_as_of(valid_at date, known_at timestamptz)
RETURNS SETOF party.masked_party_history LANGUAGE sql STABLE AS $$
    SELECT v.*, 'infinity'::date, 'infinity'::timestamptz
    FROM party.masked_party AS v
    WHERE v.valid_from <= $1 AND v.recorded_at <= $2
    UNION ALL
    SELECT h.*
    FROM party.masked_party_history AS h
    WHERE h.valid_from <= $1 AND $1 < h.valid_to AND h.recorded_at <= $2 AND $2 < h.superseded_at
$$;

-- filled_party: which parts of what is known of people are there at all, for counts of what is missing. It runs as its
-- owner, since whoever counts must not read what is sealed.
CREATE VIEW party.filled_party AS
SELECT
    p.party_id,
    p.party_kind,
    p.birth_year IS NOT NULL OR p.birth_enc IS NOT NULL AS has_birth,
    p.sex IS NOT NULL AS has_sex,
    p.citizen_id_enc IS NOT NULL AS has_citizen_id,
    p.citizen_id_fault,
    p.residence_enc IS NOT NULL AS has_residence,
    p.org_no,
    p.org_no_fault
FROM party.party AS p;

-- shown_transaction: legal changes, their clerks named to staff only; requests that wait stay sealed.
CREATE VIEW registry.shown_transaction AS
SELECT
    t.transaction_id,
    t.kind,
    t.change_code,
    t.commune_id,
    t.state,
    t.source_id,
    CASE WHEN seen.it THEN t.actor END AS actor,
    CASE WHEN seen.it THEN t.approver END AS approver,
    t.reason,
    t.valid_from,
    t.recorded_at
FROM registry.transaction AS t
CROSS JOIN LATERAL (
    SELECT
        (SELECT access.sees_everywhere()) OR t.commune_id = ANY((SELECT access.communes())::int[]) AS it
) AS seen;

-- Who holds what, for rules: as whoever asks, whose row security then holds.
ALTER VIEW registry.holding SET (security_invoker = true);

-- certificates_by_serial: whoever knows a serial may ask where its land lies; nobody may list serials.
CREATE FUNCTION registry.certificates_by_serial(asked text, valid_at date, known_at timestamptz)
RETURNS TABLE (certificate_id bigint, baunit_id bigint, commune_id int) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = registry, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF valid_at IS NULL THEN
        RETURN QUERY
        SELECT c.certificate_id, c.baunit_id, c.commune_id FROM registry.certificate AS c WHERE c.serial = asked;
    ELSE
        RETURN QUERY
        SELECT c.certificate_id, c.baunit_id, c.commune_id
        FROM registry.certificate_as_of(valid_at, known_at) AS c WHERE c.serial = asked;
    END IF;
END $$;

-- holder_count: how many hold a right in a parcel, and not who.
CREATE FUNCTION registry.holder_count(asked bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = registry, pg_temp AS $$
    SELECT count(DISTINCT h.party_id)
    FROM registry.baunit_parcel AS bp
    INNER JOIN registry.rrr AS r ON bp.baunit_id = r.baunit_id
    INNER JOIN registry.share AS h ON r.rrr_id = h.rrr_id
    WHERE bp.parcel_id = asked AND r.rrr_kind IN ('USE_RIGHT', 'MANAGEMENT')
$$;

-- parcel_tags: tells every state of a parcel and of what hangs on it from every other, and nothing else of it.
-- `since` is when the youngest part came into force.
CREATE FUNCTION registry.parcel_tags(asked bigint[])
RETURNS TABLE (parcel_id bigint, tag text, since date) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = registry, cadastre, pg_temp AS $$
    SELECT
        a.parcel_id,
        left(md5(string_agg(v.noun || v.id || '.' || v.version, ' ' ORDER BY v.noun, v.id)), 16) AS tag,
        max(v.since) AS since
    FROM unnest(asked) AS a (parcel_id)
    CROSS JOIN LATERAL (
        SELECT 'p' AS noun, p.parcel_id AS id, p.version, p.valid_from AS since
        FROM cadastre.parcel AS p WHERE p.parcel_id = a.parcel_id
        UNION ALL
        SELECT 'u', u.land_use_id, u.version, u.valid_from FROM cadastre.land_use AS u WHERE u.parcel_id = a.parcel_id
        UNION ALL
        SELECT 'x', x.restriction_id, x.version, x.valid_from
        FROM registry.restriction AS x WHERE x.parcel_id = a.parcel_id
        UNION ALL
        SELECT 'b', b.baunit_parcel_id, b.version, b.valid_from
        FROM registry.baunit_parcel AS b WHERE b.parcel_id = a.parcel_id
        UNION ALL
        SELECT 'c', c.certificate_id, c.version, c.valid_from
        FROM registry.baunit_parcel AS b
        INNER JOIN registry.certificate AS c ON b.baunit_id = c.baunit_id
        WHERE b.parcel_id = a.parcel_id
        UNION ALL
        SELECT 'r', r.rrr_id, r.version, r.valid_from
        FROM registry.baunit_parcel AS b
        INNER JOIN registry.rrr AS r ON b.baunit_id = r.baunit_id
        WHERE b.parcel_id = a.parcel_id
        UNION ALL
        SELECT 's', s.share_id, s.version, s.valid_from
        FROM registry.baunit_parcel AS b
        INNER JOIN registry.rrr AS r ON b.baunit_id = r.baunit_id
        INNER JOIN registry.share AS s ON r.rrr_id = s.rrr_id
        WHERE b.parcel_id = a.parcel_id
    ) AS v
    GROUP BY a.parcel_id
$$;

-- What these functions do, they do for those who are named in landdb.store.privileges and for nobody else.
REVOKE ALL ON FUNCTION
access.is_operator(), access.claims(), access.sees_everywhere(), access.communes(), access.own_baunits(),
registry.certificates_by_serial(text, date, timestamptz), registry.holder_count(bigint),
registry.parcel_tags(bigint[])
FROM PUBLIC;
