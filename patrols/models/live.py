from django.contrib.gis.db.models import PointField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patrols.querysets import LivePositionQuerySet

TOLD = ("lon", "lat", "at", "point")


class LivePosition(models.Model):
    """The newest good fix of a worker on duty; a row without a position once the shift is over.

    `lon`, `lat` are WGS-84 degrees; `point` is the same in metres of the place's `srid_m`, and has
    no SRID of its own since places differ in theirs: compare it within one place only. `version`
    is the number of the transaction that wrote the row. Rows are not deleted, so that whoever asks
    for what changed hears of what is gone too.
    """

    worker = models.OneToOneField(
        "grids.User", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("网格员")
    )
    place = models.ForeignKey(
        "grids.Place", models.CASCADE, related_name="+", verbose_name=_("地区")
    )
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    at = models.DateTimeField(_("时间"), null=True)
    accuracy_m = models.FloatField(_("精度（米）"), null=True)
    point = PointField(_("位置（米）"), srid=0, null=True)
    version = models.BigIntegerField(_("版本"), editable=False)

    objects = LivePositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("实时位置")
        verbose_name_plural = _("实时位置")
        indexes = [models.Index(fields=["version"], name="live_by_version")]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": False for name in TOLD})
                | Q(accuracy_m__isnull=True, **{f"{name}__isnull": True for name in TOLD}),
                name="live_position_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="live_position_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.at or '–'}"
