-- A visit is kept as it was recorded; a correction is another visit. Only what is derived from it may
-- change.
CREATE FUNCTION patrols_visit_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    recorded patrols_visit;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        recorded := NEW;
        recorded.is_recorded := OLD.is_recorded;
        recorded.dwell_s := OLD.dwell_s;
        IF recorded IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'visit % is kept as it was recorded: it cannot be changed or deleted', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_is_fixed';
END
$$;
CREATE TRIGGER visit_fixed BEFORE UPDATE OR DELETE ON patrols_visit
    FOR EACH ROW EXECUTE FUNCTION patrols_visit_is_fixed();
