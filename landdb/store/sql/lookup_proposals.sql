-- Proposed repairs: a commune's, the best founded first; one with its evidence. No person but those who decided.

-- name: proposal_pairs
'proposal_id', p.proposal_id,
'finding_id', p.finding_id,
'commune_code', c.commune_code,
'rule_id', p.rule_id,
'subject', p.subject,
'kind', p.kind,
'rank', p.rank,
'state', p.state,
'is_acceptable', p.is_acceptable,
'failed', p.failed,
'evidence', json_build_object('vi', p.evidence_vi, 'en', p.evidence_en),
'max_move_m', p.max_move_m,
'max_area_change_m2', p.max_area_change_m2,
'point', ST_AsGeoJSON(f.point_4326, 8)::json,
'proposed_at', p.proposed_at,
'decided_at', p.decided_at,
'decided_by', p.decided_by,
'decision_reason', p.decision_reason,
'transaction_id', p.transaction_id,
'undone_by', p.undone_by

-- name: proposals
WITH chosen AS (
    SELECT p.proposal_id, json_build_object($proposal_pairs) AS told
    FROM quality.proposal AS p
    INNER JOIN quality.finding AS f ON p.finding_id = f.finding_id
    INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
    WHERE
        c.commune_code = %(commune_code)s
        AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]))
        AND daterange(c.valid_from, c.valid_to) @> %(valid_on)s::date
        AND p.state = %(state)s
        AND p.proposal_id > %(after)s
        AND (%(rule)s::text IS NULL OR p.rule_id LIKE %(rule)s || '%%')
        AND (%(kind)s::text IS NULL OR p.kind = %(kind)s)
        AND (%(acceptable)s::boolean IS NULL OR p.is_acceptable = %(acceptable)s)
        AND (%(alternatives)s OR p.rank = 1)
        AND (%(finding_id)s::bigint IS NULL OR p.finding_id = %(finding_id)s)
    ORDER BY p.proposal_id
    LIMIT %(limit)s
)

SELECT count(*), max(proposal_id), coalesce(json_agg(told ORDER BY proposal_id), '[]'::json)
FROM chosen;

-- name: proposal_in_full
-- Polygons before and after in WGS 84; the former is the version that it was proposed for, wherever that is now.
SELECT json_build_object(
    'proposal', json_build_object($proposal_pairs),
    'conditions', p.conditions,
    'closes', p.closes,
    'opens', p.opens,
    'catalogue_hash', p.catalogue_hash,
    'changes', (
        SELECT coalesce(json_agg(json_build_object(
            'parcel_id', ch.parcel_id,
            'land_object_id', ch.land_object_id,
            'label', ch.label,
            'version', ch.version,
            'new_version', ch.new_version,
            'before', ST_AsGeoJSON(was.geom_4326, 9)::json,
            'after', ST_AsGeoJSON(ST_Transform(ch.geom, 4326), 9)::json,
            'area_before_m2', ch.area_before_m2,
            'area_after_m2', ch.area_after_m2,
            'paper_area_m2', ch.paper_area_m2,
            'area_limit_m2', ch.area_limit_m2,
            'area_verdict', ch.area_verdict,
            'max_move_m', ch.max_move_m,
            'accuracy_m', ch.accuracy_m,
            'srid', ST_SRID(ch.geom),
            'moves', ch.moves
        ) ORDER BY ch.ordinal), '[]'::json)
        FROM quality.proposal_change AS ch
        LEFT JOIN LATERAL (
            SELECT v.geom_4326 FROM cadastre.parcel AS v
            WHERE v.parcel_id = ch.parcel_id AND v.version = ch.version
            UNION ALL
            SELECT h.geom_4326 FROM cadastre.parcel_history AS h
            WHERE h.parcel_id = ch.parcel_id AND h.version = ch.version
            UNION ALL
            SELECT v.geom_4326 FROM cadastre.land_object AS v
            WHERE v.land_object_id = ch.land_object_id AND v.version = ch.version
            UNION ALL
            SELECT h.geom_4326 FROM cadastre.land_object_history AS h
            WHERE h.land_object_id = ch.land_object_id AND h.version = ch.version
            LIMIT 1
        ) AS was ON true
        WHERE ch.proposal_id = p.proposal_id
    )
)
FROM quality.proposal AS p
INNER JOIN quality.finding AS f ON p.finding_id = f.finding_id
INNER JOIN admin.commune AS c ON p.commune_id = c.commune_id
WHERE
    p.proposal_id = %(proposal_id)s
    AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[]));
