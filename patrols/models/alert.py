"""Alerts on patrols, and the rows that say when there is one: minutes, metres, hours of duty."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis.db.fields import PositionField, sound
from grids.models.territory import TERRITORY_CODE
from grids.querysets import ScopedQuerySet
from patrols.choices import ON_SHIFT, AlertKind, Closing
from patrols.querysets import AlertQuerySet

MOST_MINUTES, MOST_METRES, MOST_NOTE = 720, 5000, 500


class AlertRule(models.Model):
    """How long, and for `out_of_grid` how far beyond the accuracy, until there is an alert."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="alert_rules", verbose_name=_("地区")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=AlertKind.choices)
    minutes = models.PositiveSmallIntegerField(
        _("多少分钟"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
        help_text=_("离开网格、没有定位或过了上岗时间多久。"),
    )
    metres = models.PositiveSmallIntegerField(
        _("精度之外多少米"),
        default=0,
        validators=[MaxValueValidator(MOST_METRES)],
        help_text=_("只用于离开网格。"),
    )
    is_active = models.BooleanField(_("启用"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("提醒规则")
        verbose_name_plural = _("提醒规则")
        ordering = ["place", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["place", "kind"], name="alert_rule_once"),
            models.CheckConstraint(
                condition=Q(kind__in=AlertKind.values), name="alert_rule_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES),
                name="alert_rule_minutes_in_range",
            ),
            models.CheckConstraint(
                condition=Q(kind=AlertKind.OUT_OF_GRID, metres__lte=MOST_METRES) | Q(metres=0),
                name="alert_rule_metres_fit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.minutes}"


class DutyHours(models.Model):
    """When workers are due on a working day: in a community, else a subdistrict, else the place."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="duty_hours", verbose_name=_("地区")
    )
    region_code = models.CharField(
        _("街道或社区代码"),
        max_length=32,
        blank=True,
        validators=[TERRITORY_CODE],
        help_text=_("空为全区。"),
    )
    begins = models.TimeField(_("上岗"), default=time(8, 30))
    ends = models.TimeField(_("下岗"), default=time(17, 30))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("上岗时间")
        verbose_name_plural = _("上岗时间")
        ordering = ["place", "region_code"]
        constraints = [
            models.UniqueConstraint(fields=["place", "region_code"], name="duty_hours_once"),
            models.CheckConstraint(condition=Q(begins__lt=F("ends")), name="duty_hours_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.region_code or self.place_id} {self.begins:%H:%M}"


class Alert(models.Model):
    """Something to look at: derived from fixes, shifts and posts, and over by itself.

    `point` (WGS-84) is where the worker was last received, none for a late start. `last_at` is when
    the condition was last found to hold. `facts` is what it rests on: times, metres, the rule as it
    was. It says nothing of why, and nothing is counted up over a person.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=AlertKind.choices)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="alerts", verbose_name=_("网格员")
    )
    grid = models.ForeignKey("grids.Grid", models.PROTECT, related_name="+", verbose_name=_("网格"))
    shift = models.ForeignKey(
        "patrols.Shift",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("班次"),
    )
    opened_at = models.DateTimeField(_("开始时间"))
    last_at = models.DateTimeField(_("最近成立时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closing = models.CharField(_("结束原因"), max_length=12, choices=Closing.choices, blank=True)
    point = PositionField(_("位置"), null=True, blank=True)
    facts = models.JSONField(_("依据"), default=dict)
    acknowledged_at = models.DateTimeField(_("知悉时间"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("知悉人"),
    )
    note = models.CharField(_("说明"), max_length=MOST_NOTE, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("巡查提醒")
        verbose_name_plural = _("巡查提醒")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["place", "-opened_at"], name="alert_by_time"),
            models.Index(fields=["worker", "-opened_at"], name="alert_by_worker"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "kind"],
                condition=Q(closed_at__isnull=True),
                name="alert_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ON_SHIFT, shift__isnull=False)
                | Q(kind=AlertKind.LATE_START, shift__isnull=True, point__isnull=True),
                name="alert_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closing="")
                | Q(
                    closed_at__isnull=False,
                    closed_at__gte=F("opened_at"),
                    closing__in=Closing.values,
                ),
                name="alert_close_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True, note="")
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False) & ~Q(note=""),
                name="alert_acknowledged_is_whole",
            ),
            sound("point", table="alert"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.worker_id} {self.opened_at:%Y-%m-%d %H:%M}"
