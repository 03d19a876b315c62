import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0004_loop'),
        ('patrols', '0009_visit_photos'),
    ]

    operations = [
        migrations.CreateModel(
            name='RouteStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999)], verbose_name='次序')),
            ],
            options={
                'verbose_name': '路线点位',
                'verbose_name_plural': '路线点位',
                'ordering': ['route', 'order'],
            },
        ),
        migrations.CreateModel(
            name='SpotRoute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='英文名称')),
                ('every_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='每几天一次')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
            ],
            options={
                'verbose_name': '巡查路线',
                'verbose_name_plural': '巡查路线',
                'ordering': ['place', 'name'],
            },
        ),
        migrations.AddField(
            model_name='routestop',
            name='spot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='patrols.spot', verbose_name='点位'),
        ),
        migrations.AddField(
            model_name='spotroute',
            name='place',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spot_routes', to='grids.place', verbose_name='地区'),
        ),
        migrations.AddField(
            model_name='routestop',
            name='route',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='patrols.spotroute', verbose_name='巡查路线'),
        ),
        migrations.AddConstraint(
            model_name='spotroute',
            constraint=models.UniqueConstraint(fields=('place', 'name'), name='spot_route_name_once'),
        ),
        migrations.AddConstraint(
            model_name='spotroute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('name__regex', '[#;；]'), _negated=True)), name='spot_route_has_name'),
        ),
        migrations.AddConstraint(
            model_name='spotroute',
            constraint=models.CheckConstraint(condition=models.Q(('every_days__gte', 1), ('every_days__lte', 366)), name='spot_route_rhythm_in_range'),
        ),
        migrations.AddConstraint(
            model_name='routestop',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('route', 'order'), name='route_order_once'),
        ),
        migrations.AddConstraint(
            model_name='routestop',
            constraint=models.UniqueConstraint(fields=('route', 'spot'), name='route_spot_once'),
        ),
        migrations.AddConstraint(
            model_name='routestop',
            constraint=models.CheckConstraint(condition=models.Q(('order__gte', 1), ('order__lte', 999)), name='route_order_in_range'),
        ),
    ]
