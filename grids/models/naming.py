from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis.db.fields import PositionField, sound
from grids.querysets import NamedPlaceQuerySet


class NamedPlace(models.Model):
    """What people call a spot: an estate, a village, a landmark. The gazetteer looks here too.

    `accuracy_m` is the radius within which the spot really lies.
    """

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="named_places", verbose_name=_("地区")
    )
    name = models.CharField(_("名称"), max_length=80)
    position = PositionField(_("位置"))
    accuracy_m = models.FloatField(_("精度（米）"))
    source = models.CharField(_("来源"), max_length=200, blank=True)

    objects = NamedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("地名")
        verbose_name_plural = _("地名")
        ordering = ["place", "name"]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="named_place_trgm")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accuracy_m__gte=0, accuracy_m__lte=10_000),
                name="named_place_accuracy",
            ),
            sound("position", table="namedplace"),
        ]

    def __str__(self) -> str:
        return self.name
