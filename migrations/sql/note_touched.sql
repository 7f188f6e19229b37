-- Every change of ground notes the box that it took and takes now, so that no map drawn before it passes for new.
-- An import notes its communes at once instead, to be placed on their sheets later, and says so by landdb.areas_noted_by.

CREATE FUNCTION serving.note_area(layer text, commune_id integer, geom geometry) RETURNS void LANGUAGE sql AS $$
    INSERT INTO serving.touched (layer, commune_id, west, south, east, north)
    VALUES ($1, $2, ST_XMin($3), ST_YMin($3), ST_XMax($3), ST_YMax($3))
$$;

-- note_touched: for tables with commune_id and geom_4326; the trigger's argument names the layer.
CREATE FUNCTION serving.note_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    IF tg_op <> 'INSERT' THEN
        PERFORM serving.note_area(tg_argv[0], OLD.commune_id, OLD.geom_4326);
    END IF;
    IF tg_op = 'INSERT' OR (tg_op = 'UPDATE' AND (
        NEW.commune_id <> OLD.commune_id OR (NEW.geom_4326 ~= OLD.geom_4326) IS DISTINCT FROM true
    )) THEN
        PERFORM serving.note_area(tg_argv[0], NEW.commune_id, NEW.geom_4326);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER note_touched AFTER INSERT OR UPDATE OR DELETE ON cadastre.parcel FOR EACH ROW
WHEN (current_setting('landdb.areas_noted_by', true) IS DISTINCT FROM 'sheet')
EXECUTE FUNCTION serving.note_touched('parcels');

CREATE TRIGGER note_touched AFTER UPDATE OR DELETE ON cadastre.land_object FOR EACH ROW
EXECUTE FUNCTION serving.note_touched('land-objects');
CREATE TRIGGER note_entered AFTER INSERT ON cadastre.land_object FOR EACH ROW
WHEN (current_setting('landdb.areas_noted_by', true) IS DISTINCT FROM 'sheet')
EXECUTE FUNCTION serving.note_touched('land-objects');

CREATE TRIGGER note_touched AFTER INSERT OR UPDATE OR DELETE ON admin.commune_boundary FOR EACH ROW
EXECUTE FUNCTION serving.note_touched('communes');
