from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("patrols", "0010_routes")]

    operations = [
        migrations.RunSQL(
            (SQL / "visits.sql").read_text(encoding="utf-8"),
            "DROP TRIGGER visit_fixed ON patrols_visit; DROP FUNCTION patrols_visit_is_fixed()",
        ),
        # Batches that are there already belong to the place of who sent them; a simulated one says
        # by nothing which place it was for, unless there is one only.
        migrations.RunSQL(
            [
                "UPDATE patrols_fixbatch b SET place_id = u.place_id FROM grids_user u"
                " WHERE u.id = b.sender_id",
                "UPDATE patrols_fixbatch SET place_id = (SELECT id FROM grids_place)"
                " WHERE is_simulated AND sender_id IS NULL"
                " AND (SELECT count(*) FROM grids_place) = 1",
            ],
            migrations.RunSQL.noop,
        ),
    ]
