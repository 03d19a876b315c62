from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("patrols", "0001_patrols")]

    operations = [
        migrations.RunSQL(
            (SQL / "fixes.sql").read_text(encoding="utf-8"), "DROP TABLE patrols_fix"
        ),
    ]
