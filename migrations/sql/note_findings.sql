-- Land objects have no rendered form that would follow: a change of theirs is only noted.
CREATE OR REPLACE FUNCTION serving.note_area(layer text, commune_id integer, geom geometry)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO serving.touched (layer, commune_id, west, south, east, north, is_rendered)
    VALUES ($1, $2, ST_XMin($3), ST_YMin($3), ST_XMax($3), ST_YMax($3), $1 = 'land-objects')
$$;

-- Findings note their ground as well; new ones together by half a kilometre, since a check stores thousands at once.
-- What maps do not show of a finding, such as the run that saw it last, is not noted.

CREATE FUNCTION serving.finding_box(geom geometry, point_4326 geometry) RETURNS geometry LANGUAGE sql STABLE AS $$
    SELECT ST_Envelope(ST_Collect($2, ST_Transform(ST_Envelope($1), 4326)))
$$;

CREATE FUNCTION serving.note_new_findings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO serving.touched (layer, commune_id, west, south, east, north)
    SELECT 'findings', b.commune_id, ST_XMin(b.box), ST_YMin(b.box), ST_XMax(b.box), ST_YMax(b.box)
    FROM (
        SELECT f.commune_id, ST_Extent(serving.finding_box(f.geom, f.point_4326)) AS box
        FROM told AS f
        GROUP BY f.commune_id, ST_SnapToGrid(f.point_4326, 0.005)
    ) AS b;
    RETURN NULL;
END $$;

CREATE FUNCTION serving.note_changed_finding() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM serving.note_area('findings', OLD.commune_id, serving.finding_box(OLD.geom, OLD.point_4326));
    IF NEW.content_hash <> OLD.content_hash THEN
        PERFORM serving.note_area('findings', NEW.commune_id, serving.finding_box(NEW.geom, NEW.point_4326));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER note_new AFTER INSERT ON quality.finding
REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION serving.note_new_findings();
CREATE TRIGGER note_removed AFTER DELETE ON quality.finding
REFERENCING OLD TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION serving.note_new_findings();
CREATE TRIGGER note_changed AFTER UPDATE OF severity, state, content_hash, geom, point_4326, commune_id
ON quality.finding FOR EACH ROW WHEN (
    (OLD.severity, OLD.state, OLD.content_hash, OLD.commune_id)
    IS DISTINCT FROM (NEW.severity, NEW.state, NEW.content_hash, NEW.commune_id)
) EXECUTE FUNCTION serving.note_changed_finding();

-- Frames of sheets are shown as the sheets are rendered; that they changed makes the commune due.
CREATE FUNCTION serving.note_sheet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM serving.note_area('sheets', coalesce(NEW.commune_id, OLD.commune_id), NULL);
    RETURN NULL;
END $$;

CREATE TRIGGER note_touched AFTER INSERT OR DELETE OR UPDATE OF frame_4326, sheet_no, scale_denominator
ON cadastre.sheet FOR EACH ROW EXECUTE FUNCTION serving.note_sheet();
