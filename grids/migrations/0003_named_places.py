import django.contrib.postgres.indexes
import django.db.models.deletion
import gis.db.fields
import gis.db.functions
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0002_guards'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='NamedPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('position', gis.db.fields.PositionField(srid=4326, verbose_name='位置')),
                ('accuracy_m', models.FloatField(verbose_name='精度（米）')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='来源')),
            ],
            options={
                'verbose_name': '地名',
                'verbose_name_plural': '地名',
                'ordering': ['place', 'name'],
            },
        ),
        migrations.AddIndex(
            model_name='block',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('name', ''), _negated=True), fields=['name'], name='block_name_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='region',
            index=django.contrib.postgres.indexes.GinIndex(fields=['name'], name='region_name_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='station',
            index=django.contrib.postgres.indexes.GinIndex(fields=['name'], name='station_name_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddField(
            model_name='namedplace',
            name='place',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named_places', to='grids.place', verbose_name='地区'),
        ),
        migrations.AddIndex(
            model_name='namedplace',
            index=django.contrib.postgres.indexes.GinIndex(fields=['name'], name='named_place_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='namedplace',
            constraint=models.CheckConstraint(condition=models.Q(('accuracy_m__gte', 0), ('accuracy_m__lte', 10000)), name='named_place_accuracy'),
        ),
        migrations.AddConstraint(
            model_name='namedplace',
            constraint=models.CheckConstraint(condition=gis.db.functions.IsSound('position'), name='namedplace_position_sound'),
        ),
    ]
