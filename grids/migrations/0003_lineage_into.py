import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grids", "0002_guards")]

    operations = [
        migrations.RemoveConstraint(model_name="lineage", name="lineage_retired_once"),
        migrations.AddField(
            model_name="lineage",
            name="into",
            field=models.ForeignKey(
                default=0, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                to="grids.edition", verbose_name="新版本",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="lineage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("new__isnull", True)), fields=("old", "into"),
                name="lineage_retired_once",
            ),
        ),
    ]
