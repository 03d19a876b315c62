"""Party service stations and named places: the position is set by a click or a drag."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from grids.admin.base import DeskAdmin, DeskForm
from grids.admin.filters import PlaceFilter
from grids.admin.layers import tilejson
from grids.models import Edition, NamedPlace, Station, StationService


class StationForm(DeskForm):
    ground = "position"


@admin.register(Station)
class StationAdmin(DeskAdmin):
    form = StationForm
    ground = "position"
    deferred = ("position", "place__envelope")
    list_display = ["code", "name", "level", "place", "address"]
    list_filter = ["level", PlaceFilter, "services"]
    list_select_related = ["place"]
    search_fields = ["code", "name", "address"]
    autocomplete_fields = ["services"]
    fields = ["place", "code", "name", "level", "position", "address", "services"]

    def neighbours(self, obj: Any) -> str:
        place = self.place_of(obj)
        return tilejson("grids", Edition.objects.in_force(place)) if place else ""


@admin.register(NamedPlace)
class NamedPlaceAdmin(DeskAdmin):
    form = StationForm
    ground = "position"
    deferred = ("position", "place__envelope")
    list_display = ["name", "place", "accuracy_m", "source"]
    list_filter = [PlaceFilter]
    list_select_related = ["place"]
    search_fields = ["name"]
    fields = ["place", "name", "position", "accuracy_m", "source"]


@admin.register(StationService)
class StationServiceAdmin(DeskAdmin):
    list_display = ["code", "name", "name_en"]
    search_fields = ["code", "name", "name_en"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset.order_by("code"), search_term)
