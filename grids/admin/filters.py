"""Filters of the lists: none of them loads a geometry."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from grids.choices import RegionLevel
from grids.models import Edition, Place, Region


class SubdistrictFilter(admin.SimpleListFilter):
    """By subdistrict code, so that one choice holds across editions."""

    title = "街道 · subdistrict"
    parameter_name = "subdistrict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Region.objects.for_user(request.user).filter(level=RegionLevel.SUBDISTRICT)
        named = dict(rows.order_by("code").values_list("code", "name"))
        return [(code, f"{name} {code}") for code, name in named.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        if not code:
            return queryset
        if queryset.model is Region:
            return queryset.filter(Q(code=code) | Q(parent__code=code))
        return queryset.filter(Q(region__code=code) | Q(region__parent__code=code))


class PlaceFilter(admin.SimpleListFilter):
    """By place; whoever has a place of their own is offered that one only, and so none."""

    title = "地区 · place"
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Place.objects.order_by("code")
        own = getattr(request.user, "place_id", None)
        if own and not request.user.is_superuser:
            rows = rows.filter(pk=own)
        return list(rows.values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        return queryset.filter(place__code=code) if code else queryset


class EditionFilter(admin.SimpleListFilter):
    """By edition, with the place's name, since two places may use the same name."""

    title = "区划版本 · edition"
    parameter_name = "edition"
    path = "edition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Edition.objects.for_user(request.user).order_by("place__code", "name")
        named = rows.values_list("pk", "place__name", "name")
        return [(str(pk), f"{place} {name}") for pk, place, name in named]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if not chosen or not chosen.isascii() or not chosen.isdigit():
            return queryset
        return queryset.filter(**{self.path: int(chosen[:18])})


class GridEditionFilter(EditionFilter):
    path = "grid__edition"


class OldEditionFilter(EditionFilter):
    title = "原版本 · old edition"
    path = "old__edition"


class IntoFilter(EditionFilter):
    title = "新版本 · new edition"
    parameter_name = "into"
    path = "into"


class HeldFilter(admin.SimpleListFilter):
    """Rows with a `during`: now, to come, or past."""

    title = "任期 · time"
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "当前 · now"), ("future", "未开始 · to come"), ("past", "已结束 · past")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        match self.value():
            case "now":
                return queryset.filter(during__contains=now)
            case "future":
                return queryset.filter(during__startswith__gt=now)
            case "past":
                return queryset.filter(during__endswith__lte=now)
        return queryset
