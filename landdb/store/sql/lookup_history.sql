-- What became of a parcel: its versions, the changes that concerned it, its ancestors and descendants.

-- name: find_by_number
-- The parcel that has this number, or the last one that had it; the commune may be gone by now.
SELECT v.parcel_id
FROM (
    SELECT p.parcel_id, s.commune_id, s.sheet_no, p.parcel_no, 'infinity'::timestamptz AS known_until
    FROM cadastre.sheet AS s
    INNER JOIN cadastre.parcel AS p ON s.sheet_id = p.sheet_id
    WHERE s.sheet_no = %(sheet_no)s AND p.parcel_no = %(parcel_no)s
    UNION ALL
    SELECT h.parcel_id, s.commune_id, s.sheet_no, h.parcel_no, h.superseded_at
    FROM cadastre.sheet AS s
    INNER JOIN cadastre.parcel_history AS h ON s.sheet_id = h.sheet_id
    WHERE s.sheet_no = %(sheet_no)s AND h.parcel_no = %(parcel_no)s
) AS v
INNER JOIN admin.commune AS c ON v.commune_id = c.commune_id
WHERE c.commune_code = %(commune_code)s
ORDER BY v.known_until DESC, v.parcel_id DESC
LIMIT 1

-- name: parcel_history
WITH RECURSIVE ancestors AS (
    SELECT l.parent_id, l.child_id, 1 AS generation
    FROM cadastre.parcel_lineage AS l WHERE l.child_id = %(parcel_id)s
    UNION
    SELECT l.parent_id, l.child_id, a.generation + 1
    FROM ancestors AS a INNER JOIN cadastre.parcel_lineage AS l ON a.parent_id = l.child_id
    WHERE a.generation < %(generations)s
),
descendants AS (
    SELECT l.parent_id, l.child_id, 1 AS generation
    FROM cadastre.parcel_lineage AS l WHERE l.parent_id = %(parcel_id)s
    UNION
    SELECT l.parent_id, l.child_id, d.generation + 1
    FROM descendants AS d INNER JOIN cadastre.parcel_lineage AS l ON d.child_id = l.parent_id
    WHERE d.generation < %(generations)s
),
relatives AS (
    SELECT %(parcel_id)s::bigint AS parcel_id
    UNION SELECT parent_id FROM ancestors
    UNION SELECT child_id FROM descendants
),
-- What was believed once and is not any more has a finite superseded_at; the others follow one another in law.
version AS (
    SELECT p.parcel_id, p.sheet_id, p.parcel_no, p.parcel_code, p.legal_area_m2, p.computed_area_m2, p.version,
        p.valid_from, NULL::date AS valid_to, p.recorded_at, NULL::timestamptz AS superseded_at
    FROM cadastre.parcel AS p INNER JOIN relatives AS r ON p.parcel_id = r.parcel_id
    UNION ALL
    SELECT h.parcel_id, h.sheet_id, h.parcel_no, h.parcel_code, h.legal_area_m2, h.computed_area_m2, h.version,
        h.valid_from, nullif(h.valid_to, 'infinity'), h.recorded_at, nullif(h.superseded_at, 'infinity')
    FROM cadastre.parcel_history AS h INNER JOIN relatives AS r ON h.parcel_id = r.parcel_id
),
named AS (
    SELECT DISTINCT ON (v.parcel_id)
        v.parcel_id, s.sheet_no, v.parcel_no, v.parcel_code, v.legal_area_m2,
        EXISTS (SELECT FROM cadastre.parcel AS p WHERE p.parcel_id = v.parcel_id) AS is_in_force,
        -- a parcel that ended on the day it began was in force on no day, yet it was believed in for a while
        CASE WHEN v.superseded_at IS NULL THEN v.valid_to ELSE v.valid_from END AS valid_to,
        (SELECT min(f.valid_from) FROM version AS f WHERE f.parcel_id = v.parcel_id) AS valid_from
    FROM version AS v INNER JOIN cadastre.sheet AS s ON v.sheet_id = s.sheet_id
    ORDER BY v.parcel_id, v.superseded_at IS NULL DESC, v.version DESC, v.valid_from DESC
)
SELECT json_build_object(
    'parcel_id', %(parcel_id)s::bigint,
    'parcels', (
        SELECT json_agg(json_build_object(
            'parcel_id', n.parcel_id, 'sheet_no', n.sheet_no, 'parcel_no', n.parcel_no,
            'parcel_code', n.parcel_code, 'legal_area_m2', n.legal_area_m2,
            'valid_from', n.valid_from, 'valid_to', n.valid_to, 'is_in_force', n.is_in_force
        ) ORDER BY n.parcel_id)
        FROM named AS n
    ),
    'lineage', (
        SELECT coalesce(json_agg(json_build_object(
            'parent_id', l.parent_id, 'child_id', l.child_id, 'kind', l.kind, 'transaction_id', l.transaction_id
        ) ORDER BY l.child_id, l.parent_id), '[]')
        FROM cadastre.parcel_lineage AS l
        WHERE
            (l.parent_id, l.child_id) IN (
                SELECT a.parent_id, a.child_id FROM ancestors AS a
                UNION SELECT d.parent_id, d.child_id FROM descendants AS d
            )
    ),
    'transactions', (
        SELECT coalesce(json_agg(json_build_object(
            'transaction_id', t.transaction_id, 'kind', t.kind, 'change_code', t.change_code,
            'valid_from', t.valid_from, 'recorded_at', t.recorded_at, 'reason', t.reason,
            'document', CASE WHEN d.source_id IS NOT NULL THEN json_build_object(
                'kind', d.source_kind, 'reference', d.reference, 'issued_on', d.issued_on
            ) END,
            'actor', CASE WHEN %(staff)s THEN t.actor END, 'approver', CASE WHEN %(staff)s THEN t.approver END,
            'changes', (
                SELECT coalesce(json_agg(json_build_object(
                    'noun', n.noun, 'id', n.object_id, 'version', n.version, 'action', n.action, 'fields', n.fields
                ) ORDER BY n.change_id), '[]')
                FROM registry.transaction_change AS n WHERE n.transaction_id = t.transaction_id
            )
        ) ORDER BY t.valid_from, t.transaction_id), '[]')
        FROM registry.transaction_parcel AS tp
        INNER JOIN registry.shown_transaction AS t ON tp.transaction_id = t.transaction_id
        LEFT JOIN registry.source AS d ON t.source_id = d.source_id
        WHERE tp.parcel_id = %(parcel_id)s AND t.state = 'APPROVED'
    ),
    'versions', (
        SELECT json_agg(json_build_object(
            'version', v.version, 'valid_from', v.valid_from, 'valid_to', v.valid_to,
            'recorded_at', v.recorded_at, 'superseded_at', v.superseded_at, 'sheet_no', s.sheet_no,
            'parcel_no', v.parcel_no, 'parcel_code', v.parcel_code, 'legal_area_m2', v.legal_area_m2,
            'computed_area_m2', v.computed_area_m2
        ) ORDER BY v.recorded_at, v.valid_from)
        FROM version AS v INNER JOIN cadastre.sheet AS s ON v.sheet_id = s.sheet_id
        WHERE v.parcel_id = %(parcel_id)s
    )
) AS history
WHERE EXISTS (SELECT FROM version AS v WHERE v.parcel_id = %(parcel_id)s)
