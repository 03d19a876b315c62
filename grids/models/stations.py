from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.db.fields import PositionField, sound
from grids.choices import StationLevel
from grids.models.territory import TERRITORY_CODE
from grids.querysets import StationQuerySet


class StationService(models.Model):
    """A service that party service stations offer, such as 矛盾调解 or 代办服务."""

    code = models.CharField(_("代码"), max_length=32, unique=True, validators=[TERRITORY_CODE])
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("服务事项")
        verbose_name_plural = _("服务事项")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Station(models.Model):
    """A party service station (党群服务中心, 网格党群服务站)."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="stations", verbose_name=_("地区")
    )
    code = models.CharField(_("代码"), max_length=32, validators=[TERRITORY_CODE])
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("层级"), max_length=12, choices=StationLevel.choices)
    position = PositionField(_("位置"))
    address = models.CharField(_("地址"), max_length=120, blank=True)
    services = models.ManyToManyField(StationService, verbose_name=_("服务"), blank=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("党群服务站点")
        verbose_name_plural = _("党群服务站点")
        ordering = ["place", "code"]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="station_name_trgm")]
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="station_code_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=StationLevel.values), name="station_level_known"
            ),
            sound("position", table="station"),
        ]

    def __str__(self) -> str:
        return self.name
