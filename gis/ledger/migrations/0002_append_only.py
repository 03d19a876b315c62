from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are appended, never changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_append_only';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON ledger_auditevent
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
"""
BACKWARD = """
DROP TRIGGER audit_append_only ON ledger_auditevent;
DROP FUNCTION ledger_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
