from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patrols.choices import Period
from patrols.querysets import CoverageQuerySet


class Coverage(models.Model):
    """The share of a grid that was within `within_m` of a track on a local day, or on any day of a
    week from Monday `day` on; derived rows.

    `quality` is the share of the fixes in the grid that were surely exact enough, null without any.
    `batches` is the count of batches it was computed from: another count, and it is out of date.
    """

    grid = models.ForeignKey(
        "grids.Grid", models.CASCADE, related_name="coverage", verbose_name=_("网格")
    )
    period = models.CharField(_("期间"), max_length=4, choices=Period.choices, default=Period.DAY)
    day = models.DateField(_("日期"))
    within_m = models.PositiveSmallIntegerField(_("距离（米）"))
    share = models.FloatField(_("覆盖率"))
    quality = models.FloatField(_("定位质量"), null=True)
    fixes = models.PositiveIntegerField(_("点数"))
    batches = models.BigIntegerField(_("依据批次"), editable=False)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("巡查覆盖")
        verbose_name_plural = _("巡查覆盖")
        ordering = ["day", "grid"]
        constraints = [
            models.UniqueConstraint(
                fields=["grid", "period", "day", "within_m"], name="coverage_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(period__in=Period.values), name="coverage_period_known"
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1), name="coverage_share_in_range"
            ),
            models.CheckConstraint(
                condition=Q(quality__isnull=True) | Q(quality__gte=0, quality__lte=1),
                name="coverage_quality_in_range",
            ),
            models.CheckConstraint(
                condition=Q(within_m__gte=1, within_m__lte=500), name="coverage_within_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} {self.day}"


class SimulatedDay(models.Model):
    """How far the simulation of a place's local day has come; moved on with what it wrote."""

    place = models.ForeignKey(
        "grids.Place", models.CASCADE, related_name="+", verbose_name=_("地区")
    )
    day = models.DateField(_("日期"))
    until = models.DateTimeField(_("已到时间"))

    class Meta:
        verbose_name = _("模拟日")
        verbose_name_plural = _("模拟日")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["place", "day"], name="simulated_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.day}"
