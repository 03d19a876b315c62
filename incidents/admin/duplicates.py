"""Rules for duplicates, to be edited; what was derived or decided, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from gis.ledger.admin import LedgerAdmin
from grids.admin.filters import PlaceFilter
from grids.admin.people import of_own_place
from incidents.admin.lists import OfPlaceAdmin
from incidents.models import DefaultSpot, DuplicateRule, NotDuplicate


@admin.register(DuplicateRule)
class DuplicateRuleAdmin(OfPlaceAdmin):
    list_display = [
        "category_code", "distance_m", "days_open", "days_closed", "least_text", "least_score",
        "place",
    ]  # fmt: skip
    list_display_links = ["category_code", "distance_m"]
    list_filter = [PlaceFilter]
    search_fields = ["category_code"]


@admin.register(DefaultSpot)
class DefaultSpotAdmin(LedgerAdmin):
    list_display = ["place", "position", "cases", "share"]
    list_select_related = ["place"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = of_own_place(request, super().get_queryset(request), "place")
        return rows.defer("place__envelope")


@admin.register(NotDuplicate)
class NotDuplicateAdmin(LedgerAdmin):
    list_display = ["one", "other", "by", "at"]
    list_select_related = ["one", "other", "by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = of_own_place(request, super().get_queryset(request), "one__place")
        return rows.defer("one__position", "other__position")
