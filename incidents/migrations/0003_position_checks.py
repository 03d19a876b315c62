

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0003_named_places'),
        ('incidents', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='PositionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('declared', models.CharField(choices=[('wgs84', 'WGS-84'), ('cgcs2000', 'CGCS2000'), ('gcj02', 'GCJ-02'), ('bd09', 'BD-09')], max_length=8, verbose_name='声明坐标系')),
                ('looks_like', models.CharField(blank=True, choices=[('wgs84', 'WGS-84'), ('cgcs2000', 'CGCS2000'), ('gcj02', 'GCJ-02'), ('bd09', 'BD-09')], max_length=8, verbose_name='更像坐标系')),
                ('ground', models.CharField(blank=True, max_length=80, verbose_name='地址所指')),
                ('evidence', models.JSONField(verbose_name='依据')),
                ('east_m', models.FloatField(blank=True, null=True, verbose_name='偏东（米）')),
                ('north_m', models.FloatField(blank=True, null=True, verbose_name='偏北（米）')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.channel', verbose_name='渠道')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.place', verbose_name='地区')),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='position_check', to='incidents.report', verbose_name='诉求')),
            ],
            options={
                'verbose_name': '坐标核对',
                'verbose_name_plural': '坐标核对',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['place', 'channel', '-id'], name='check_by_channel')],
                'constraints': [models.CheckConstraint(condition=models.Q(('declared__in', ['wgs84', 'cgcs2000', 'gcj02', 'bd09'])), name='check_declared_known'), models.CheckConstraint(condition=models.Q(('looks_like__in', ['', 'wgs84', 'cgcs2000', 'gcj02', 'bd09'])), name='check_looks_like_known'), models.CheckConstraint(condition=models.Q(models.Q(('east_m__isnull', True), ('north_m__isnull', True)), models.Q(('east_m__isnull', False), ('north_m__isnull', False)), _connector='OR'), name='check_shift_is_whole')],
            },
        ),
    ]
