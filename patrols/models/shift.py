from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis.db.functions import TimeRange
from patrols.querysets import ShiftQuerySet


class Shift(models.Model):
    """The time when a worker is on duty, by the client's clock; a track exists only inside it.

    `*_received_at` is when we were told: an offline phone tells later. `*_clock_offset_s` is by how
    much the phone put its own clock right before it told.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="shifts", verbose_name=_("地区")
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="shifts",
        verbose_name=_("网格员"),
    )
    device = models.CharField(_("设备"), max_length=40)
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    start_received_at = models.DateTimeField(_("收到开始的时间"))
    end_received_at = models.DateTimeField(_("收到结束的时间"), null=True, blank=True)
    start_clock_offset_s = models.IntegerField(
        _("开始时的时钟校正（秒）"), default=0, db_default=0, editable=False
    )
    end_clock_offset_s = models.IntegerField(
        _("结束时的时钟校正（秒）"), default=0, db_default=0, editable=False
    )
    is_simulated = models.BooleanField(_("模拟"), default=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("班次")
        verbose_name_plural = _("班次")
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["place", "-started_at"], name="shift_by_time")]
        constraints = [
            ExclusionConstraint(
                name="shift_one_at_a_time",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    (TimeRange("started_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=models.F("started_at")),
                name="shift_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_received_at__isnull=True)
                | Q(ended_at__isnull=False, end_received_at__isnull=False),
                name="shift_end_is_whole",
            ),
            models.CheckConstraint(condition=~Q(device=""), name="shift_has_device"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.started_at:%Y-%m-%d %H:%M}"
