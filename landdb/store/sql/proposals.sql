-- Proposed repairs: kept, listed, decided; their effects written, and taken back.

-- name: supersede
-- What was proposed for these findings and is not decided gives way, but for what is proposed again to the letter.
UPDATE quality.proposal AS p
SET state = 'superseded'
WHERE
    p.finding_id = ANY(%(finding_ids)s::bigint[])
    AND p.state = 'open'
    AND NOT (p.content_hash = ANY(%(content_hashes)s::bytea[]));

-- name: insert
-- A proposal that is open already keeps its id; one that a person refused is not made again.
INSERT INTO quality.proposal AS p (
    finding_id, commune_id, rule_id, subject, kind, rank, content_hash, failed, is_acceptable, conditions,
    evidence_vi, evidence_en, max_move_m, max_area_change_m2, closes, opens, catalogue_hash, proposed_by
)
VALUES (
    %(finding_id)s, %(commune_id)s, %(rule_id)s, %(subject)s, %(kind)s, %(rank)s, %(content_hash)s, %(failed)s,
    %(failed)s = '{}'::text[], %(conditions)s, %(evidence_vi)s, %(evidence_en)s, %(max_move_m)s,
    %(max_area_change_m2)s, %(closes)s, %(opens)s, %(catalogue_hash)s, %(proposed_by)s
)
ON CONFLICT (finding_id, content_hash) WHERE state IN ('open', 'refused') DO UPDATE
SET
    rank = excluded.rank,
    failed = excluded.failed,
    is_acceptable = excluded.is_acceptable,
    conditions = excluded.conditions,
    evidence_vi = excluded.evidence_vi,
    evidence_en = excluded.evidence_en,
    closes = excluded.closes,
    opens = excluded.opens
RETURNING p.proposal_id, p.state, (xmax = 0) AS is_new;

-- name: insert_change
INSERT INTO quality.proposal_change (
    proposal_id, ordinal, parcel_id, land_object_id, label, version, geom, area_before_m2, area_after_m2,
    paper_area_m2, area_limit_m2, area_verdict, max_move_m, accuracy_m, moves
)
VALUES (
    %(proposal_id)s, %(ordinal)s, %(parcel_id)s, %(land_object_id)s, %(label)s, %(version)s,
    ST_GeomFromWKB(%(geom)s, %(srid)s), %(area_before_m2)s, %(area_after_m2)s, %(paper_area_m2)s,
    %(area_limit_m2)s, %(area_verdict)s, %(max_move_m)s, %(accuracy_m)s, %(moves)s
);

-- name: proposals
-- Proposals of a commune, or those named, the recommended ones first unless all alternatives are asked for.
SELECT
    p.proposal_id,
    p.finding_id,
    p.commune_id,
    c.commune_code,
    p.rule_id,
    p.subject,
    p.kind,
    p.rank,
    p.state,
    p.failed,
    p.conditions,
    p.evidence_vi,
    p.evidence_en,
    p.max_move_m,
    p.max_area_change_m2,
    p.closes,
    p.opens,
    p.proposed_at,
    p.proposed_by,
    p.decided_at,
    p.decided_by,
    p.decision_reason,
    p.transaction_id,
    p.undone_by
FROM quality.proposal AS p
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE
    (%(proposal_ids)s::bigint[] IS NULL OR p.proposal_id = ANY(%(proposal_ids)s::bigint[]))
    AND (%(commune_id)s::int IS NULL OR p.commune_id = %(commune_id)s)
    AND (%(states)s::text[] IS NULL OR p.state = ANY(%(states)s::text[]))
    AND (%(rule_id)s::text IS NULL OR p.rule_id LIKE %(rule_id)s || '%%')
    AND (%(kind)s::text IS NULL OR p.kind = %(kind)s)
    AND (%(acceptable)s::boolean IS NULL OR p.is_acceptable = %(acceptable)s)
    AND (%(rank)s::int IS NULL OR p.rank <= %(rank)s)
    AND (%(transaction_id)s::bigint IS NULL OR p.transaction_id = %(transaction_id)s)
ORDER BY p.is_acceptable DESC, p.max_move_m, p.proposal_id
LIMIT %(limit)s;

-- name: changes
SELECT
    ch.proposal_id,
    ch.parcel_id,
    ch.land_object_id,
    ch.label,
    ch.version,
    ch.new_version,
    ST_SRID(ch.geom) AS srid,
    ST_AsBinary(ch.geom) AS geom,
    ch.area_before_m2,
    ch.area_after_m2,
    ch.paper_area_m2,
    ch.area_limit_m2,
    ch.area_verdict,
    ch.max_move_m,
    ch.accuracy_m,
    ch.moves
FROM quality.proposal_change AS ch
WHERE ch.proposal_id = ANY(%(proposal_ids)s::bigint[])
ORDER BY ch.proposal_id, ch.ordinal;

-- name: lock
-- Nobody else decides on these meanwhile.
SELECT p.proposal_id, p.state
FROM quality.proposal AS p
WHERE p.proposal_id = ANY(%(proposal_ids)s::bigint[])
ORDER BY p.proposal_id
FOR UPDATE;

-- name: mark_accepted
UPDATE quality.proposal
SET
    state = 'accepted',
    decided_at = clock_timestamp(),
    decided_by = %(actor)s,
    decision_reason = %(reason)s,
    transaction_id = %(transaction_id)s
WHERE proposal_id = %(proposal_id)s;

-- name: supersede_alternatives
-- The other ways to mend the same finding, and proposals for versions that are gone, are off the table.
UPDATE quality.proposal AS p
SET state = 'superseded'
FROM quality.proposal AS chosen
WHERE
    chosen.proposal_id = %(proposal_id)s
    AND p.proposal_id <> chosen.proposal_id
    AND p.state = 'open'
    AND (
        p.finding_id = chosen.finding_id
        OR EXISTS (
            SELECT FROM quality.proposal_change AS theirs
            INNER JOIN quality.proposal_change AS ours ON (
                theirs.parcel_id = ours.parcel_id OR theirs.land_object_id = ours.land_object_id
            )
            WHERE theirs.proposal_id = p.proposal_id AND ours.proposal_id = chosen.proposal_id
        )
    )
RETURNING p.finding_id;

-- name: mark_refused
UPDATE quality.proposal
SET state = 'refused', decided_at = clock_timestamp(), decided_by = %(actor)s, decision_reason = %(reason)s
WHERE proposal_id = %(proposal_id)s AND state = 'open';

-- name: mark_undone
UPDATE quality.proposal SET state = 'undone', undone_by = %(undone_by)s
WHERE transaction_id = %(transaction_id)s AND state = 'accepted';

-- name: note_versions
-- Which version accepting made of each unit; a parcel that ended has none.
UPDATE quality.proposal_change AS ch
SET
    new_version = CASE
        WHEN ch.parcel_id IS NOT NULL
            THEN (SELECT v.version FROM cadastre.parcel AS v WHERE v.parcel_id = ch.parcel_id)
        ELSE (SELECT v.version FROM cadastre.land_object AS v WHERE v.land_object_id = ch.land_object_id)
    END
WHERE ch.proposal_id = %(proposal_id)s;

-- name: redraw_parcel
-- A polygon that an importer would have stored so: in its zone, in WGS 84, with its area; a fault of the ring is gone.
UPDATE cadastre.parcel AS p
SET
    geom = ST_GeomFromWKB(%(geom)s, %(srid)s),
    geom_4326 = ST_GeomFromWKB(%(geom_4326)s, 4326),
    computed_area_m2 = %(area_m2)s,
    geom_fault = NULL,
    geom_delivered = NULL,
    fault_point_4326 = NULL,
    valid_from = greatest(%(valid_from)s::date, p.valid_from)
WHERE p.parcel_id = %(unit_id)s AND p.version = %(version)s;

-- name: redraw_object
UPDATE cadastre.land_object AS o
SET
    geom = ST_GeomFromWKB(%(geom)s, %(srid)s),
    geom_4326 = ST_GeomFromWKB(%(geom_4326)s, 4326),
    computed_area_m2 = %(area_m2)s,
    valid_from = greatest(%(valid_from)s::date, o.valid_from)
WHERE o.land_object_id = %(unit_id)s AND o.version = %(version)s;

-- name: close_uses
DELETE FROM cadastre.land_use WHERE parcel_id = %(unit_id)s;

-- name: close_parcel
-- Never a parcel that a right hangs on.
DELETE FROM cadastre.parcel AS p
WHERE
    p.parcel_id = %(unit_id)s
    AND p.version = %(version)s
    AND NOT EXISTS (SELECT FROM registry.baunit_parcel AS b WHERE b.parcel_id = p.parcel_id);

-- name: restore_parcel
-- The polygon of an earlier version as a new one: what it was, to the bit, the ring's fault included.
UPDATE cadastre.parcel AS p
SET
    geom = h.geom,
    geom_4326 = h.geom_4326,
    computed_area_m2 = h.computed_area_m2,
    geom_fault = h.geom_fault,
    geom_delivered = h.geom_delivered,
    fault_point_4326 = h.fault_point_4326,
    valid_from = greatest(%(valid_from)s::date, p.valid_from)
FROM (
    SELECT * FROM cadastre.parcel_history
    WHERE parcel_id = %(unit_id)s AND version = %(version)s
    LIMIT 1
) AS h
WHERE p.parcel_id = %(unit_id)s AND p.version = %(new_version)s;

-- name: restore_object
UPDATE cadastre.land_object AS o
SET
    geom = h.geom,
    geom_4326 = h.geom_4326,
    computed_area_m2 = h.computed_area_m2,
    valid_from = greatest(%(valid_from)s::date, o.valid_from)
FROM (
    SELECT * FROM cadastre.land_object_history
    WHERE land_object_id = %(unit_id)s AND version = %(version)s
    LIMIT 1
) AS h
WHERE o.land_object_id = %(unit_id)s AND o.version = %(new_version)s;

-- name: reopen_parcel
-- A parcel that ended is there again under its own id, as its next version.
INSERT INTO cadastre.parcel (
    parcel_id, commune_id, sheet_id, parcel_no, parcel_code, old_sheet_no, old_parcel_no, address, land_use_label,
    land_use_codes, land_use_fault, registered_area_m2, legal_area_m2, computed_area_m2, geom, geom_4326, geom_fault,
    geom_delivered, fault_point_4326, raw, batch_id, source_row, delivered_hash, version, valid_from
)
OVERRIDING SYSTEM VALUE
SELECT
    h.parcel_id, h.commune_id, h.sheet_id, h.parcel_no, h.parcel_code, h.old_sheet_no, h.old_parcel_no, h.address,
    h.land_use_label, h.land_use_codes, h.land_use_fault, h.registered_area_m2, h.legal_area_m2, h.computed_area_m2,
    h.geom, h.geom_4326, h.geom_fault, h.geom_delivered, h.fault_point_4326, h.raw, h.batch_id, h.source_row,
    h.delivered_hash, h.version + 1 AS version, greatest(%(valid_from)s::date, h.valid_from) AS valid_from
FROM cadastre.parcel_history AS h
WHERE h.parcel_id = %(unit_id)s AND h.version = %(version)s
LIMIT 1
ON CONFLICT (sheet_id, parcel_no) DO NOTHING;

-- name: reopen_uses
INSERT INTO cadastre.land_use (
    land_use_id, parcel_id, ordinal, land_use_code, land_use_raw, land_use_fault, area_m2, origin, use_form, term,
    expires_on, batch_id, version, valid_from
)
OVERRIDING SYSTEM VALUE
SELECT DISTINCT ON (h.land_use_id)
    h.land_use_id, h.parcel_id, h.ordinal, h.land_use_code, h.land_use_raw, h.land_use_fault, h.area_m2, h.origin,
    h.use_form, h.term, h.expires_on, h.batch_id, h.version + 1 AS version,
    greatest(%(valid_from)s::date, h.valid_from) AS valid_from
FROM cadastre.land_use_history AS h
INNER JOIN registry.transaction_change AS t ON (
    t.noun = 'land_use' AND t.object_id = h.land_use_id AND t.version = h.version AND t.action = 'ended'
)
WHERE t.transaction_id = %(transaction_id)s AND h.parcel_id = %(unit_id)s
ORDER BY h.land_use_id;

-- name: frame
SELECT s.sheet_id, ST_SRID(s.frame) AS srid, ST_AsBinary(s.frame) AS geom, ST_AsBinary(s.frame_4326) AS geom_4326
FROM cadastre.sheet AS s
WHERE s.commune_id = %(commune_id)s AND s.sheet_no = %(sheet_no)s AND s.frame IS NOT NULL;

-- name: set_frame
UPDATE cadastre.sheet
SET frame = ST_GeomFromWKB(%(geom)s, %(srid)s), frame_4326 = ST_GeomFromWKB(%(geom_4326)s, 4326)
WHERE sheet_id = %(sheet_id)s;

-- name: former_frame
-- The frame that a change of a whole sheet kept on record.
SELECT
    s.sheet_id,
    (t.details ->> 'former_frame_srid')::int AS srid,
    decode(t.details ->> 'former_frame', 'hex') AS geom,
    decode(t.details ->> 'former_frame_4326', 'hex') AS geom_4326
FROM registry.transaction AS t
INNER JOIN cadastre.sheet AS s ON s.sheet_id = (t.details ->> 'sheet')::int
WHERE t.transaction_id = %(transaction_id)s AND t.details ? 'former_frame';

-- name: communes
-- The communes that proposals are about, and those whose parcels or objects they change.
SELECT c.commune_id, c.commune_code
FROM admin.commune AS c
WHERE
    c.commune_id IN (
        SELECT p.commune_id FROM quality.proposal AS p WHERE p.proposal_id = ANY(%(proposal_ids)s::bigint[])
        UNION ALL
        SELECT v.commune_id
        FROM quality.proposal_change AS ch
        INNER JOIN cadastre.parcel AS v ON ch.parcel_id = v.parcel_id
        WHERE ch.proposal_id = ANY(%(proposal_ids)s::bigint[])
        UNION ALL
        SELECT v.commune_id
        FROM quality.proposal_change AS ch
        INNER JOIN cadastre.land_object AS v ON ch.land_object_id = v.land_object_id
        WHERE ch.proposal_id = ANY(%(proposal_ids)s::bigint[])
    )
ORDER BY c.commune_id;
