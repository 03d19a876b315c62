from django.contrib.postgres.fields import ArrayField, RangeBoundary
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from gis.db.functions import TimeRange
from grids.querysets import ScopedQuerySet
from patrols.choices import TrackStage
from patrols.querysets import TrackQuerySet

# Fixes come up to 7 days late, and a week's coverage is final when its last day is: whatever is
# dropped later than this was counted whole. It also leaves staleness its 15 days of fixes.
LEAST_RAW_DAYS = 16


def _between(least: float, most: float) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


def _length(name: str) -> Func:
    return Func(F(name), function="cardinality", output_field=models.IntegerField())


ARRAYS = ("at_s", "lon_e7", "lat_e7", "accuracy_dm", "fixes_at", "begins")


class Track(models.Model):
    """The track of a shift with fewer points: what is kept of it for years.

    Points are columns: `at_s` seconds after `since`, `lon_e7` and `lat_e7` WGS-84 degrees × 10⁷,
    `accuracy_dm` decimetres (−1 where it is not known), `fixes_at` how many good fixes end at a
    point, `begins` whether nothing is known of the way to it. No good fix was farther than
    `error_m` from the track at its time. A fix belongs to the shift of its worker that began last
    before it. `days` counts by UTC day what the shift has in the table of fixes: `stored`, `good`,
    `exact`, `metres`, `seconds` and `marked`; a day's fixes are dropped only when these add up.

    Of a deleted track the row stays, empty, so that it can be said that there was one.
    """

    shift = models.OneToOneField(
        "patrols.Shift",
        models.PROTECT,
        primary_key=True,
        related_name="track",
        verbose_name=_("班次"),
    )
    worker = models.ForeignKey(
        "grids.User", models.PROTECT, related_name="+", verbose_name=_("网格员")
    )
    stage = models.CharField(_("保存程度"), max_length=8, choices=TrackStage.choices)
    since = models.DateTimeField(_("最早时间"), null=True)
    until = models.DateTimeField(_("最晚时间"), null=True)
    at_s = ArrayField(models.IntegerField(), verbose_name=_("时间（秒）"))
    lon_e7 = ArrayField(models.IntegerField(), verbose_name=_("经度"))
    lat_e7 = ArrayField(models.IntegerField(), verbose_name=_("纬度"))
    accuracy_dm = ArrayField(models.IntegerField(), verbose_name=_("精度（分米）"))
    fixes_at = ArrayField(models.IntegerField(), verbose_name=_("点数"))
    begins = ArrayField(models.BooleanField(), verbose_name=_("段首"))
    fixes = models.PositiveIntegerField(_("点数"))
    exact = models.PositiveIntegerField(_("精确点数"))
    metres = models.FloatField(_("长度（米）"))
    seconds = models.FloatField(_("有记录的时间（秒）"))
    error_m = models.FloatField(_("误差（米）"))
    step_s = models.PositiveSmallIntegerField(_("时间精确到（秒）"))
    days = models.JSONField(_("按日点数"), default=dict)
    is_stale = models.BooleanField(_("待重算"), default=False)
    changed_at = models.DateTimeField(_("更新时间"))

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("轨迹")
        verbose_name_plural = _("轨迹")
        indexes = [
            GistIndex(
                TimeRange("since", "until", RangeBoundary(inclusive_upper=True)),
                F("worker"),
                condition=Q(since__isnull=False),
                name="track_by_time",
            ),
            # Few rows are fine ones: those of days whose fixes are still there.
            models.Index(fields=["worker"], condition=Q(stage=TrackStage.FINE), name="track_fine"),
        ]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Exact(_length(name), _length("at_s")), name=f"track_has_{name}"
                )
                for name in ARRAYS[1:]
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True, until__isnull=True)
                | Q(since__isnull=False, until__gte=F("since")),
                name="track_in_order",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=TrackStage.values), name="track_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(stage=TrackStage.DELETED)
                | Q(since__isnull=True, at_s=[], metres=0, seconds=0),
                name="track_deleted_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(error_m__gte=0, metres__gte=0, seconds__gte=0, step_s__gte=1),
                name="track_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.stage}"


class Retention(models.Model):
    """How long a place keeps what, and how exactly; a place without a row keeps to the defaults.

    Fixes of all places lie in one table for each day: the longest `raw_days` counts.
    """

    place = models.OneToOneField(
        "grids.Place", models.CASCADE, related_name="+", verbose_name=_("地区")
    )
    raw_days = models.PositiveSmallIntegerField(
        _("原始轨迹点保存天数"), default=30, validators=_between(LEAST_RAW_DAYS, 3660)
    )
    fine_m = models.FloatField(
        _("压缩误差（米）"),
        default=2.0,
        validators=_between(0.5, 10),
        help_text=_("班次结束后压缩：任何好点离压缩后的轨迹不超过这么远。"),
    )
    coarse_days = models.PositiveSmallIntegerField(
        _("轨迹粗化天数"),
        default=30,
        validators=_between(LEAST_RAW_DAYS, 3660),
        help_text=_("此后只存粗略轨迹，时间到分。不早于原始点删除。"),
    )
    coarse_m = models.FloatField(_("粗化误差（米）"), default=20.0, validators=_between(5, 100))
    track_days = models.PositiveSmallIntegerField(
        _("轨迹保存天数"),
        default=365,
        validators=_between(LEAST_RAW_DAYS, 3660),
        help_text=_("此后删除轨迹，只留覆盖率。"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("轨迹保存期限")
        verbose_name_plural = _("轨迹保存期限")
        ordering = ["place"]
        constraints = [
            models.CheckConstraint(
                condition=Q(raw_days__gte=LEAST_RAW_DAYS), name="retention_raw_long_enough"
            ),
            models.CheckConstraint(
                condition=Q(coarse_days__gte=F("raw_days")), name="retention_coarse_after_raw"
            ),
            models.CheckConstraint(
                condition=Q(track_days__gte=F("coarse_days"), track_days__lte=3660),
                name="retention_deleted_last",
            ),
            models.CheckConstraint(
                condition=Q(fine_m__gte=0.5, fine_m__lte=10, coarse_m__gte=5, coarse_m__lte=100),
                name="retention_errors_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.raw_days}/{self.coarse_days}/{self.track_days}"


class DroppedDay(models.Model):
    """A UTC day whose fixes are gone; all days before it are, too."""

    day = models.DateField(_("日期"), primary_key=True)
    fixes = models.PositiveBigIntegerField(_("点数"))
    dropped_at = models.DateTimeField(_("删除时间"))

    class Meta:
        verbose_name = _("已删除的原始轨迹点")
        verbose_name_plural = _("已删除的原始轨迹点")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.fixes}"
