import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_stream'),
        ('patrols', '0008_tracks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VisitPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '走访照片',
                'verbose_name_plural': '走访照片',
                'ordering': ['visit', 'id'],
            },
        ),
        migrations.AddField(
            model_name='shift',
            name='end_clock_offset_s',
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name='结束时的时钟校正（秒）'),
        ),
        migrations.AddField(
            model_name='shift',
            name='start_clock_offset_s',
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name='开始时的时钟校正（秒）'),
        ),
        migrations.AddField(
            model_name='visit',
            name='clock_offset_s',
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name='时钟校正（秒）'),
        ),
        migrations.AddField(
            model_name='visit',
            name='dwell_s',
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name='停留（秒）'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['worker', 'at'], name='visit_by_worker'),
        ),
        migrations.AddField(
            model_name='visitphoto',
            name='picture',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.attachment', verbose_name='照片'),
        ),
        migrations.AddField(
            model_name='visitphoto',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='patrols.visit', verbose_name='走访记录'),
        ),
    ]
