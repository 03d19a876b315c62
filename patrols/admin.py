"""Kinds of places and the places themselves, alerts' rules, tracker apps, how long tracks are kept.

Visits are recorded by workers and alerts are derived: nobody edits them.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.ledger.admin import ReadOnlyAdmin
from grids.admin.base import DeskAdmin, DeskForm
from grids.admin.filters import PlaceFilter
from grids.admin.layers import tilejson
from grids.admin.people import of_own_place
from grids.choices import Role
from grids.models import Edition, Post, Region, User
from patrols.models import (
    AlertRule,
    DroppedDay,
    DutyHours,
    Retention,
    RouteStop,
    Spot,
    SpotRoute,
    SpotType,
    Tracker,
)
from patrols.services.spots import grid_codes_at
from patrols.services.trackers import end_tracker, issue_tracker


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


class TrackerForm(DeskForm):
    """Issues the secret when it is saved, so that what cannot have one is said in the form."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        worker, device = self.cleaned_data.get("worker"), self.cleaned_data.get("device")
        holds = Post.objects.at(timezone.now()).filter(role=Role.WORKER, user=worker)
        if worker and not holds.exists():
            self.add_error("worker", _("该用户不是网格员。"))
        if device and not device.isprintable():
            self.add_error("device", _("设备名应为 1 至 40 个可见字符。"))
        return cleaned

    def _post_clean(self) -> None:
        # Another secret of the same device ends the former: no constraint is broken by that.
        self.instance.is_active = False
        super()._post_clean()


@admin.register(Tracker)
class TrackerAdmin(DeskAdmin):
    """A secret is issued, shown once, and ended; the row is never edited and never deleted."""

    form = TrackerForm
    list_display = ["worker", "device", "issued_at", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["worker"]
    search_fields = ["worker__username", "worker__full_name", "device"]
    autocomplete_fields = ["worker"]
    fields = ["worker", "device"]
    actions = ["end"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Asked without a row, it is what opens the list with its action.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Tracker, form: Any, change: bool) -> None:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the admin lets nobody else in
        now = timezone.now()
        obj.secret = issue_tracker(worker=obj.worker, device=obj.device, by=user, now=now)
        obj.pk = Tracker.objects.get(worker=obj.worker, device=obj.device, is_active=True).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written down that it was issued."""

    def response_add(
        self, request: HttpRequest, obj: Tracker, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("轨迹器密钥"),
            "opts": self.opts,
            "tracker": obj,
            "secret": obj.secret,
        }
        return TemplateResponse(request, "patrols/tracker_secret.html", context)

    @admin.action(description=_("停用所选轨迹器"), permissions=["change"])
    def end(self, request: HttpRequest, rows: QuerySet[Tracker]) -> None:
        user, now = request.user, timezone.now()
        assert isinstance(user, User)  # noqa: S101 - the admin lets nobody else in
        ended = sum(
            end_tracker(worker=row.worker, device=row.device, by=user, now=now)
            for row in rows.filter(is_active=True).select_related("worker")
        )
        messages.success(request, _("已停用 %(n)d 个轨迹器。") % {"n": ended})


@admin.register(Retention)
class RetentionAdmin(DeskAdmin):
    deferred = ("place__envelope",)
    list_display = ["place", "raw_days", "coarse_days", "track_days", "fine_m", "coarse_m"]
    list_select_related = ["place"]
    fields = ["place", "raw_days", "fine_m", "coarse_days", "coarse_m", "track_days"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DroppedDay)
class DroppedDayAdmin(ReadOnlyAdmin):
    list_display = ["day", "fixes", "dropped_at"]


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
