-- A visit is kept as it was recorded; a correction is another visit.
CREATE FUNCTION patrols_visit_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'visit % is kept as it was recorded: it cannot be changed or deleted', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_is_fixed';
END
$$;
CREATE TRIGGER visit_fixed BEFORE UPDATE OR DELETE ON patrols_visit
    FOR EACH ROW EXECUTE FUNCTION patrols_visit_is_fixed();
