"""Units, posts and leave: who answers, and when."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from grids.admin.base import DeskAdmin, said
from grids.admin.filters import GridEditionFilter, HeldFilter, PlaceFilter
from grids.models import Leave, Post, Unit


@admin.register(Unit)
class UnitAdmin(DeskAdmin):
    deferred = ("place__envelope",)
    list_display = ["code", "name", "kind", "region_code", "is_default", "place"]
    list_filter = ["kind", PlaceFilter]
    list_select_related = ["place"]
    search_fields = ["code", "name", "region_code"]


def of_own_place(request: HttpRequest, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Rows of the viewer's place; all of them for whoever has none."""
    own = getattr(request.user, "place_id", None)
    return rows.filter(**{path: own}) if own and not request.user.is_superuser else rows


class WithTime(DeskAdmin):
    @admin.display(description="起止", ordering="during")
    def time(self, obj: Any) -> str:
        return said(obj.during)


@admin.register(Post)
class PostAdmin(WithTime):
    deferred = ("grid__geometry", "grid__label", "region__geometry")
    list_display = ["user", "role", "kind", "answers_for", "time", "note"]
    list_filter = ["role", "kind", HeldFilter, GridEditionFilter]
    list_select_related = ["user", "grid", "region", "unit"]
    search_fields = ["user__username", "user__full_name", "=grid__code", "=region__code"]
    autocomplete_fields = ["user", "grid", "region", "unit"]

    @admin.display(description="对象")
    def answers_for(self, post: Post) -> str:
        return str(post.grid or post.region or post.unit)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return of_own_place(request, super().get_queryset(request), "user__place")


@admin.register(Leave)
class LeaveAdmin(WithTime):
    list_display = ["user", "time", "reason"]
    list_filter = [HeldFilter]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__full_name"]
    autocomplete_fields = ["user"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Leave]:
        return of_own_place(request, super().get_queryset(request), "user__place")
