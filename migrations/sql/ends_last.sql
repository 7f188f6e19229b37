-- ends_last: a history table's two ends moved behind columns that came later; its constraints on them made anew.
ALTER TABLE {history}
DROP CONSTRAINT {name}_versions_excl,
DROP CONSTRAINT {name}_intervals_check;
ALTER TABLE {history} RENAME COLUMN valid_to TO former_valid_to;
ALTER TABLE {history} RENAME COLUMN superseded_at TO former_superseded_at;
ALTER TABLE {history}
ADD COLUMN valid_to date,
ADD COLUMN superseded_at timestamptz;
UPDATE {history} SET valid_to = former_valid_to, superseded_at = former_superseded_at;
ALTER TABLE {history}
DROP COLUMN former_valid_to,
DROP COLUMN former_superseded_at,
ALTER COLUMN valid_to SET NOT NULL,
ALTER COLUMN superseded_at SET NOT NULL,
ADD CONSTRAINT {name}_intervals_check CHECK (valid_from < valid_to AND recorded_at < superseded_at),
ADD CONSTRAINT {name}_versions_excl EXCLUDE USING gist (
    {key} WITH =, daterange(valid_from, valid_to) WITH &&, tstzrange(recorded_at, superseded_at) WITH &&
);
