-- Settings of rules by place: everywhere, one province, one commune. The more exact place decides.

-- name: in_force
-- What is set, most general first; with commune_ids only what reaches one of those communes.
SELECT
    t.setting_id,
    t.commune_id,
    own.commune_code,
    t.province_code,
    t.rule_id,
    t.is_enabled,
    t.severity,
    t.limits,
    t.actor,
    t.reason,
    t.changed_at
FROM quality.rule_setting AS t
LEFT JOIN admin.commune AS own ON t.commune_id = own.commune_id
WHERE
    t.ended_at IS NULL
    AND (
        %(commune_ids)s::int[] IS NULL
        OR t.commune_id = ANY(%(commune_ids)s::int[])
        OR (
            t.commune_id IS NULL
            AND (
                t.province_code IS NULL
                OR t.province_code IN (
                    SELECT c.province_code FROM admin.commune AS c WHERE c.commune_id = ANY(%(commune_ids)s::int[])
                )
            )
        )
    )
ORDER BY (t.commune_id IS NOT NULL), (t.province_code IS NOT NULL), t.rule_id, own.commune_code, t.province_code;

-- name: provinces_of
SELECT c.commune_id, c.province_code FROM admin.commune AS c WHERE c.commune_id = ANY(%(commune_ids)s::int[]);

-- name: known_province
SELECT EXISTS (
    SELECT FROM admin.commune AS c WHERE c.province_code = %(province_code)s AND c.valid_to = 'infinity'
);

-- name: end_setting
UPDATE quality.rule_setting AS t
SET ended_at = clock_timestamp()
WHERE
    t.ended_at IS NULL
    AND t.rule_id = %(rule_id)s
    AND t.commune_id IS NOT DISTINCT FROM %(commune_id)s
    AND t.province_code IS NOT DISTINCT FROM %(province_code)s;

-- name: insert_setting
INSERT INTO quality.rule_setting (
    commune_id, province_code, rule_id, is_enabled, severity, limits, actor, reason
)
VALUES (
    %(commune_id)s, %(province_code)s, %(rule_id)s, %(is_enabled)s, %(severity)s, %(limits)s, %(actor)s, %(reason)s
);
