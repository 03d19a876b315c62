-- What somebody sent is never edited. Only the case it belongs to may change (cases are joined), and
-- the reporter may be forgotten.
CREATE FUNCTION incidents_report_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND (NEW.reporter_id IS NULL OR NEW.reporter_id = OLD.reporter_id)
        AND to_jsonb(NEW) - ARRAY['incident_id', 'reporter_id', 'position']
          = to_jsonb(OLD) - ARRAY['incident_id', 'reporter_id', 'position']
        AND NEW.position IS NOT DISTINCT FROM OLD.position
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'report % is kept as it came: it cannot be changed or deleted', OLD.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'report_is_fixed';
END
$$;
CREATE TRIGGER report_fixed BEFORE UPDATE OR DELETE ON incidents_report
    FOR EACH ROW EXECUTE FUNCTION incidents_report_is_fixed();

-- Its pictures stay with it, and each belongs to one report only.
CREATE FUNCTION incidents_photo_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the pictures of a report are kept as they came'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'report_photos_are_fixed';
END
$$;
CREATE TRIGGER report_photo_fixed BEFORE UPDATE OR DELETE ON incidents_report_photos
    FOR EACH ROW EXECUTE FUNCTION incidents_photo_is_fixed();
CREATE UNIQUE INDEX report_photo_once ON incidents_report_photos (attachment_id);

-- Cases are numbered one by one over all days, so that no two days can meet.
CREATE SEQUENCE incidents_number;
