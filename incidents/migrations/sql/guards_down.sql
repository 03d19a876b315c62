DROP SEQUENCE incidents_number;
DROP INDEX report_photo_once;
DROP TRIGGER report_photo_fixed ON incidents_report_photos;
DROP FUNCTION incidents_photo_is_fixed();
DROP TRIGGER report_fixed ON incidents_report;
DROP FUNCTION incidents_report_is_fixed();
