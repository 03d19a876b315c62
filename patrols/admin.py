"""Kinds of places, the places themselves, and when there is an alert.

Visits are recorded by workers and alerts are derived: nobody edits them.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grids.admin.base import DeskAdmin, DeskForm
from grids.admin.filters import PlaceFilter
from grids.admin.layers import tilejson
from grids.admin.people import of_own_place
from grids.models import Edition, Region
from patrols.models import AlertRule, DutyHours, Spot, SpotType
from patrols.services.spots import grid_codes_at


@admin.register(SpotType)
class SpotTypeAdmin(DeskAdmin):
    deferred = ("place__envelope",)
    list_display = ["name", "place", "every_days", "radius_m", "is_patrol_point", "is_active"]
    list_filter = ["is_patrol_point", "is_active", PlaceFilter]
    list_select_related = ["place"]
    search_fields = ["name", "name_en"]
    fields = [
        *("place", "name", "name_en", "every_days", "radius_m", "is_patrol_point", "is_active"),
    ]


class SpotForm(DeskForm):
    ground = "position"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        kind, place = self.cleaned_data.get("type"), self.cleaned_data.get("place")
        if kind and place and kind.place_id != place.pk:
            self.add_error("type", _("该类型属于另一地区。"))
        return cleaned


@admin.register(Spot)
class SpotAdmin(DeskAdmin):
    form = SpotForm
    ground = "position"
    deferred = ("position", "place__envelope")
    list_display = ["name", "type", "address", "grid_code", "every_days", "is_active"]
    list_filter = ["type", "is_active", PlaceFilter]
    list_select_related = ["place", "type"]
    search_fields = ["name", "address", "grid_code"]
    readonly_fields = ["grid_code"]
    fields = [
        *("place", "type", "name", "address", "position", "grid_code", "every_days"),
        *("is_active", "note"),
    ]

    def save_model(self, request: HttpRequest, obj: Spot, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        [obj.grid_code] = grid_codes_at(obj.place, [(obj.position.x, obj.position.y)])
        super().save_model(request, obj, form, change)

    def neighbours(self, obj: Any) -> str:
        place = self.place_of(obj)
        return tilejson("grids", Edition.objects.in_force(place)) if place else ""


class _OfPlace(DeskAdmin):
    deferred = ("place__envelope",)
    list_filter = [PlaceFilter]
    list_select_related = ["place"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return of_own_place(request, super().get_queryset(request), "place")


@admin.register(AlertRule)
class AlertRuleAdmin(_OfPlace):
    """Three of a place, written down when its alerts are first derived."""

    list_display = ["kind", "minutes", "metres", "is_active", "place"]
    fields = ["place", "kind", "minutes", "metres", "is_active"]


class DutyHoursForm(DeskForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        place, code = self.cleaned_data.get("place"), self.cleaned_data.get("region_code")
        edition = Edition.objects.in_force(place) if place and code else None
        if code and not Region.objects.filter(edition=edition, code=code).exists():
            self.add_error("region_code", _("现行区划没有这个街道或社区。"))
        return cleaned


@admin.register(DutyHours)
class DutyHoursAdmin(_OfPlace):
    """A row without a region holds for the whole place."""

    form = DutyHoursForm
    list_display = ["region", "begins", "ends", "place"]
    search_fields = ["region_code"]
    fields = ["place", "region_code", "begins", "ends"]

    @admin.display(description=_("街道或社区"), ordering="region_code")
    def region(self, hours: DutyHours) -> str:
        return hours.region_code or str(_("全区"))
