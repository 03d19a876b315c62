from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.db.fields import OutlineField, sound

PLACE_CODE = RegexValidator(r"\A[0-9A-Za-z][0-9A-Za-z_-]{1,19}\Z", _("2–20 个字母、数字、- 或 _。"))


def monday_to_friday() -> list[int]:
    """ISO weekdays 1–5."""
    return [1, 2, 3, 4, 5]


class Place(models.Model):
    """A district with its own territory, metric projection, calendar and map attribution.

    The envelope binds territory: regions, blocks, grids and stations lie inside it (a trigger holds
    them there). A report's position need only be finite and in range.
    """

    code = models.CharField(_("代码"), max_length=20, unique=True, validators=[PLACE_CODE])
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    envelope = OutlineField(_("范围"))
    srid_m = models.PositiveIntegerField(
        _("米制坐标系"), validators=[MinValueValidator(1024), MaxValueValidator(998_999)]
    )
    time_zone = models.CharField(_("时区"), max_length=40, default="Asia/Shanghai")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("工作日"), default=monday_to_friday
    )
    work_from = models.TimeField(_("上班"), default=time(9))
    work_until = models.TimeField(_("下班"), default=time(17))
    snap_tolerance_m = models.FloatField(
        _("界外吸附容差（米）"),
        default=30.0,
        validators=[MinValueValidator(0), MaxValueValidator(1000)],
    )
    attribution = models.CharField(_("地图署名"), max_length=200, blank=True)
    review_number = models.CharField(_("审图号"), max_length=80, blank=True)
    notice = models.CharField(_("数据说明"), max_length=300, blank=True)
    notice_en = models.CharField(_("数据说明（英文）"), max_length=300, blank=True)
    profile_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("地区")
        verbose_name_plural = _("地区")
        ordering = ["code"]
        constraints = [
            sound("envelope", table="place"),
            models.CheckConstraint(
                condition=models.Q(work_from__lt=models.F("work_until")), name="place_work_hours"
            ),
            models.CheckConstraint(
                condition=models.Q(snap_tolerance_m__gte=0, snap_tolerance_m__lte=1000),
                name="place_snap_tolerance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
