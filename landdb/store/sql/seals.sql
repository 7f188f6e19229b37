-- The record of access as a sealed list. What a leaf holds is a COPY line of these columns, in this order: see docs/accountability.md.

-- name: line
-- What a leaf holds, in this order for good: another order would be another hash.
a.access_id,
a.ticket,
a.at,
a.actor,
a.actor_org,
a.actor_role,
a.db_role,
a.request_id,
a.question,
a.subject_index,
a.party_id,
a.fields,
a.legal_basis,
a.communes,
a.purpose,
a.case_ref,
a.xid

-- name: lines_to_seal
COPY (
    SELECT
        $line
    FROM audit.unsealed AS u
    INNER JOIN audit.access AS a ON u.access_id = a.access_id
    ORDER BY a.access_id
    LIMIT 100000
) TO STDOUT

-- name: all_lines
COPY (
    SELECT
        $line
    FROM audit.access AS a
    ORDER BY a.access_id
) TO STDOUT

-- name: one_line
-- The identity comes from the session: COPY takes no parameters.
COPY (
    SELECT
        $line
    FROM audit.access AS a
    WHERE a.access_id = current_setting('landdb.access_id')::bigint
) TO STDOUT

-- name: canonical_form
-- How values are written in a line, whatever the session or the database would do.
SELECT
    set_config('datestyle', 'ISO, YMD', true),
    set_config('timezone', 'UTC', true),
    set_config('bytea_output', 'hex', true),
    set_config('client_encoding', 'UTF8', true),
    set_config('landdb.access_id', %(access_id)s::text, true)

-- name: take_turn
SELECT pg_try_advisory_xact_lock(7302042) AS is_ours

-- name: last_seal
SELECT s.seal_id, s.tree_size, s.root, s.frontier, s.checkpoint
FROM audit.seal AS s
ORDER BY s.seal_id DESC
LIMIT 1

-- name: add_seal
INSERT INTO audit.seal (seal_id, sealed_at, tree_size, root, frontier, checkpoint)
VALUES (%(seal_id)s, %(sealed_at)s, %(tree_size)s, %(root)s, %(frontier)s, %(checkpoint)s)

-- name: leaves
COPY audit.leaf (position, access_id, leaf_hash, seal_id) FROM STDIN

-- name: take_from_queue
DELETE FROM audit.unsealed WHERE access_id = ANY(%(access_ids)s)

-- name: seals_after
SELECT s.seal_id, s.checkpoint, s.tree_size
FROM audit.seal AS s
WHERE s.seal_id > %(seal_id)s
ORDER BY s.seal_id

-- name: leaves_of
SELECT l.access_id, l.leaf_hash
FROM audit.leaf AS l
WHERE l.seal_id = %(seal_id)s
ORDER BY l.position

-- name: all_leaves
COPY (SELECT l.access_id, l.leaf_hash, l.seal_id FROM audit.leaf AS l ORDER BY l.position) TO STDOUT

-- name: queued
SELECT u.access_id FROM audit.unsealed AS u

-- name: waiting
SELECT count(*) AS records, coalesce(extract(EPOCH FROM clock_timestamp() - min(u.since)), 0)::float AS age_s
FROM audit.unsealed AS u
