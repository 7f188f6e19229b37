-- A run over several communes is told under the first of them.
UPDATE quality.rule_run AS r
SET commune_id = c.commune_id, parcel_count = c.parcel_count
FROM (
    SELECT DISTINCT ON (run_id) run_id, commune_id, parcel_count
    FROM quality.run_commune
    ORDER BY run_id ASC, commune_id ASC
) AS c
WHERE c.run_id = r.run_id;
