"""Routes: places that are visited one after another, on a rhythm of the route."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.querysets import ScopedQuerySet
from patrols.models.spot import MOST_DAYS, Spot

MOST_STOPS = 999


class SpotRoute(models.Model):
    """A named round of spots. Its rhythm is its own: a spot may be due more often on a route."""

    place = models.ForeignKey(
        "grids.Place", models.PROTECT, related_name="spot_routes", verbose_name=_("地区")
    )
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    every_days = models.PositiveSmallIntegerField(
        _("每几天一次"), validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    )
    is_active = models.BooleanField(_("启用"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("巡查路线")
        verbose_name_plural = _("巡查路线")
        ordering = ["place", "name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="spot_route_name_once"),
            # The register writes a stop as `name#order`, several parted by semicolons.
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(name__regex="[#;；]"), name="spot_route_has_name"
            ),
            models.CheckConstraint(
                condition=Q(every_days__gte=1, every_days__lte=MOST_DAYS),
                name="spot_route_rhythm_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RouteStop(models.Model):
    """A spot on a route, and its place in the order."""

    route = models.ForeignKey(
        SpotRoute, models.CASCADE, related_name="stops", verbose_name=_("巡查路线")
    )
    spot = models.ForeignKey(Spot, models.CASCADE, related_name="stops", verbose_name=_("点位"))
    order = models.PositiveSmallIntegerField(
        _("次序"), validators=[MinValueValidator(1), MaxValueValidator(MOST_STOPS)]
    )

    class Meta:
        verbose_name = _("路线点位")
        verbose_name_plural = _("路线点位")
        ordering = ["route", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "order"],
                name="route_order_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["route", "spot"], name="route_spot_once"),
            models.CheckConstraint(
                condition=Q(order__gte=1, order__lte=MOST_STOPS), name="route_order_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route_id}#{self.order}"
