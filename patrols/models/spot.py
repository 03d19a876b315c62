"""Places that are visited on a rhythm: patrol points (巡查点) and the visit register (走访台账)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis.db.fields import PositionField, sound
from grids.querysets import ScopedQuerySet
from patrols.querysets import SpotQuerySet

MOST_DAYS, MOST_RADIUS_M = 366, 1000
_RHYTHM = [MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
_REACH = [MinValueValidator(5), MaxValueValidator(MOST_RADIUS_M)]


class SpotType(models.Model):
    """A kind of place, its rhythm in days and how near a visit must be; the kinds are data."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="spot_types", verbose_name=_("地区")
    )
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    every_days = models.PositiveSmallIntegerField(_("每几天一次"), validators=_RHYTHM)
    radius_m = models.PositiveSmallIntegerField(_("到场半径（米）"), default=50, validators=_REACH)
    is_patrol_point = models.BooleanField(
        _("巡查点"), default=False, help_text=_("否则列入走访台账。")
    )
    is_active = models.BooleanField(_("启用"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("点位类型")
        verbose_name_plural = _("点位类型")
        ordering = ["place", "name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="spot_type_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="spot_type_has_name"),
            models.CheckConstraint(
                condition=Q(every_days__gte=1, every_days__lte=MOST_DAYS),
                name="spot_type_rhythm_in_range",
            ),
            models.CheckConstraint(
                condition=Q(radius_m__gte=5, radius_m__lte=MOST_RADIUS_M),
                name="spot_type_radius_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Spot(models.Model):
    """A place that is visited; it says nothing of the persons there.

    `grid_code` is the grid that `position` lies in by the edition in force, blank outside all; it
    is derived, and found again when an edition comes into force (`patrols.services.spots`).
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="spots", verbose_name=_("地区")
    )
    type = models.ForeignKey(
        SpotType, models.PROTECT, related_name="spots", verbose_name=_("点位类型")
    )
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    position = PositionField(_("位置"))
    grid_code = models.CharField(_("网格代码"), max_length=32, blank=True, editable=False)
    every_days = models.PositiveSmallIntegerField(
        _("每几天一次"),
        null=True,
        blank=True,
        validators=_RHYTHM,
        help_text=_("空为按类型。"),
    )
    is_active = models.BooleanField(_("启用"), default=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("建立时间"), editable=False)

    objects = SpotQuerySet.as_manager()

    class Meta:
        verbose_name = _("点位")
        verbose_name_plural = _("点位")
        ordering = ["place", "grid_code", "name", "id"]
        indexes = [models.Index(fields=["place", "grid_code"], name="spot_by_grid")]
        constraints = [
            models.UniqueConstraint(fields=["type", "name", "address"], name="spot_once"),
            models.CheckConstraint(condition=~Q(name=""), name="spot_has_name"),
            models.CheckConstraint(
                condition=Q(every_days__isnull=True)
                | Q(every_days__gte=1, every_days__lte=MOST_DAYS),
                name="spot_rhythm_in_range",
            ),
            sound("position", table="spot"),
        ]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """A visit of a worker to a spot, recorded by the worker, by the client's clock.

    `key` is the client's own, so that a retry is the same visit. `distance_m` is from `position`
    (WGS-84, wrong by up to `accuracy_m`) to the spot as it then was; a visit that was not there
    says why in `note`. `dwell_s` is derived from the track (`patrols.services.dwell`), None when
    none was recorded there. `clock_offset_s` is by how much the phone put its own clock right.
    """

    key = models.UUIDField(_("编号"), unique=True)
    spot = models.ForeignKey(Spot, models.PROTECT, related_name="visits", verbose_name=_("点位"))
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", verbose_name=_("网格员")
    )
    at = models.DateTimeField(_("时间"))
    received_at = models.DateTimeField(_("收到时间"))
    position = PositionField(_("位置"))
    accuracy_m = models.FloatField(_("精度（米）"), null=True)
    distance_m = models.FloatField(_("距离（米）"))
    is_here = models.BooleanField(_("在现场"))
    note = models.CharField(_("备注"), max_length=500, blank=True)
    is_recorded = models.BooleanField(
        _("已计入上次记录"), default=False, db_default=False, editable=False
    )
    dwell_s = models.PositiveIntegerField(_("停留（秒）"), null=True, editable=False)
    clock_offset_s = models.IntegerField(
        _("时钟校正（秒）"), default=0, db_default=0, editable=False
    )

    class Meta:
        verbose_name = _("走访记录")
        verbose_name_plural = _("走访记录")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["spot", "-at"], name="visit_by_spot"),
            models.Index(fields=["id"], name="visit_to_record", condition=Q(is_recorded=False)),
            models.Index(fields=["worker", "at"], name="visit_by_worker"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_here=True) | ~Q(note=""), name="visit_away_says_why"
            ),
            models.CheckConstraint(condition=Q(distance_m__gte=0), name="visit_distance_in_range"),
            models.CheckConstraint(
                condition=Q(accuracy_m__isnull=True) | Q(accuracy_m__gte=0, accuracy_m__lte=10_000),
                name="visit_accuracy_in_range",
            ),
            sound("position", table="visit"),
        ]

    def __str__(self) -> str:
        return f"{self.spot_id} {self.at:%Y-%m-%d %H:%M}"


class VisitPhoto(models.Model):
    """A picture of a visit, in the order it was taken; it belongs to no other."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="photos", verbose_name=_("走访记录")
    )
    picture = models.OneToOneField(
        "ledger.Attachment", models.PROTECT, related_name="+", verbose_name=_("照片")
    )

    class Meta:
        verbose_name = _("走访照片")
        verbose_name_plural = _("走访照片")
        ordering = ["visit", "id"]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.picture_id}"
