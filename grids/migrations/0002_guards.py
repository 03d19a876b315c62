from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("grids", "0001_territory")]

    operations = [
        migrations.RunSQL(
            (SQL / "envelope.sql").read_text(encoding="utf-8"),
            (SQL / "envelope_down.sql").read_text(encoding="utf-8"),
        ),
    ]
