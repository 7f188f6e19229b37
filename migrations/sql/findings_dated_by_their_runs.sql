-- When the findings that are known already were seen, as far as their runs say.
UPDATE quality.finding AS f
SET
    first_seen_at = r.finished_at,
    last_seen_at = l.finished_at,
    fixed_at = CASE f.state WHEN 'fixed' THEN f.changed_at END
FROM quality.rule_run AS r, quality.rule_run AS l
WHERE r.run_id = f.first_run_id AND l.run_id = f.last_run_id;
