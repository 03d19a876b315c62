-- Territory lies inside its place's envelope. A CHECK cannot look into another table, so a trigger does.
CREATE FUNCTION grids_inside_envelope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint;
    ground geometry;
BEGIN
    IF TG_TABLE_NAME IN ('grids_region', 'grids_grid') THEN
        SELECT place_id INTO owner FROM grids_edition WHERE id = NEW.edition_id;
    ELSE
        owner := NEW.place_id;
    END IF;
    IF TG_TABLE_NAME = 'grids_station' THEN
        ground := NEW.position;
    ELSE
        ground := NEW.geometry;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM grids_place WHERE id = owner AND ST_Covers(envelope, ST_Envelope(ground))
    ) THEN
        RAISE EXCEPTION '% % lies outside the envelope of its place', TG_TABLE_NAME, NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_inside_envelope';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER region_inside_envelope BEFORE INSERT OR UPDATE OF geometry ON grids_region
    FOR EACH ROW EXECUTE FUNCTION grids_inside_envelope();
CREATE TRIGGER block_inside_envelope BEFORE INSERT OR UPDATE OF geometry ON grids_block
    FOR EACH ROW EXECUTE FUNCTION grids_inside_envelope();
CREATE TRIGGER grid_inside_envelope BEFORE INSERT OR UPDATE OF geometry ON grids_grid
    FOR EACH ROW EXECUTE FUNCTION grids_inside_envelope();
CREATE TRIGGER station_inside_envelope BEFORE INSERT OR UPDATE OF position ON grids_station
    FOR EACH ROW EXECUTE FUNCTION grids_inside_envelope();

-- A published edition is superseded, never edited: the ground of its regions and grids stays as it was.
CREATE FUNCTION grids_edition_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    SELECT e.state, e.name INTO held FROM grids_edition e
        WHERE e.id = COALESCE(NEW.edition_id, OLD.edition_id);
    IF held.state IN ('in_force', 'superseded') THEN
        RAISE EXCEPTION 'edition % is published: its territory cannot be changed', held.name
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_is_fixed';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;

CREATE TRIGGER region_fixed BEFORE INSERT OR UPDATE OF edition_id, code, identity, geometry OR DELETE
    ON grids_region FOR EACH ROW EXECUTE FUNCTION grids_edition_is_fixed();
CREATE TRIGGER grid_fixed BEFORE INSERT OR UPDATE OF edition_id, code, geometry OR DELETE
    ON grids_grid FOR EACH ROW EXECUTE FUNCTION grids_edition_is_fixed();
CREATE TRIGGER grid_block_fixed BEFORE INSERT OR UPDATE OR DELETE
    ON grids_gridblock FOR EACH ROW EXECUTE FUNCTION grids_edition_is_fixed();
