"""Kinds of places and the places themselves. Visits are recorded by workers, edited by nobody."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grids.admin.base import DeskAdmin, DeskForm
from grids.admin.filters import PlaceFilter
from grids.admin.layers import tilejson
from grids.models import Edition
from patrols.models import RouteStop, Spot, SpotRoute, SpotType
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


class StopInline(admin.TabularInline[RouteStop, SpotRoute]):
    model = RouteStop
    fields = ["order", "spot"]
    autocomplete_fields = ["spot"]
    extra = 1


@admin.register(SpotRoute)
class SpotRouteAdmin(DeskAdmin):
    deferred = ("place__envelope",)
    list_display = ["name", "place", "every_days", "is_active"]
    list_filter = ["is_active", PlaceFilter]
    list_select_related = ["place"]
    search_fields = ["name", "name_en"]
    fields = ["place", "name", "name_en", "every_days", "is_active"]
    inlines = [StopInline]
