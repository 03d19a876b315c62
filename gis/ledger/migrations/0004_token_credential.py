from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_chinese_names")]

    operations = [
        migrations.AddField(
            model_name="token",
            name="credential",
            field=models.CharField(
                default="", editable=False, max_length=64, verbose_name="凭据摘要"
            ),
            preserve_default=False,
        ),
    ]
