"""Time limits, holidays and the responsibility list: edited with an audit, the list by versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gis.kernel.errors import InvalidInput
from grids.admin.base import DeskAdmin, DeskForm
from grids.admin.filters import PlaceFilter
from grids.admin.people import of_own_place
from grids.models import Place
from incidents.models import Holiday, Limit, Responsibility
from incidents.services.calendars import reach_of
from incidents.services.listing import begin_responsibility, end_responsibility
from incidents.services.recomputing import preview_clocks, recompute_clocks
from incidents.workflow.office import Allowance

MOST_SHOWN = 100


class OfPlaceAdmin(DeskAdmin):
    """Rows of the viewer's place."""

    deferred: Sequence[str] = ("place__envelope",)
    list_select_related = ["place"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return of_own_place(request, super().get_queryset(request), "place")


@admin.register(Limit)
class LimitAdmin(OfPlaceAdmin):
    """A changed limit holds for clocks that start afterwards; those that run keep theirs."""

    list_display = ["step", "kind", "category_code", "amount", "amount_unit", "place"]
    list_filter = ["step", "kind", PlaceFilter]
    search_fields = ["category_code"]


class RecomputeForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


@admin.register(Holiday)
class HolidayAdmin(OfPlaceAdmin):
    list_display = ["day", "kind", "name", "place"]
    list_filter = ["kind", PlaceFilter]
    date_hierarchy = "day"
    change_list_template = "incidents/admin/holidays.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        for place in places_of(request):
            reach = reach_of(place, timezone.now())
            if reach.is_short:
                until = reach.known_until or _("（无）")
                words = _("{place} 的节假日表止于 {day}，其后只按星期计算，请补录。")
                messages.warning(request, words.format(place=place.name, day=until))
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.recompute)
        own = path("<str:place>/recompute/", view, name="incidents_holiday_recompute")
        return [own, *super().get_urls()]

    def recompute(self, request: HttpRequest, place: str) -> HttpResponse:
        """How many clocks would move, and by how much; then, for a reason, they are moved."""
        found = next((one for one in places_of(request) if one.code == place), None)
        if found is None or not self.has_change_permission(request):
            raise PermissionDenied
        form = RecomputeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            by: Any = request.user
            moved = recompute_clocks(
                place=found, by=by, now=timezone.now(), reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("已重算 {n} 个时限。").format(n=len(moved)))
            return HttpResponseRedirect(reverse("admin:incidents_holiday_changelist"))
        moved = preview_clocks(found)
        page = {
            **self.admin_site.each_context(request),
            "title": _("重算运行中的时限"),
            "opts": self.model._meta,
            "form": form,
            "place": found,
            "count": len(moved),
            "moved": moved[:MOST_SHOWN],
        }
        return TemplateResponse(request, "incidents/admin/recompute.html", page)


def places_of(request: HttpRequest) -> list[Place]:
    """The places that somebody administers."""
    return list(of_own_place(request, Place.objects.defer("envelope").order_by("code"), "pk"))


class ResponsibilityForm(DeskForm):
    from_day = forms.DateField(
        label=_("起始日"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("同一类别的现行一行到这一天为止。"),
    )

    class Meta:
        model = Responsibility
        fields = (
            "place", "category_code", "lead", "supporting", "amount", "amount_unit", "ruling",
        )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        units = [cleaned.get("lead"), *(cleaned.get("supporting") or ())]
        place = cleaned.get("place")
        if place and any(one is not None and one.place_id != place.pk for one in units):
            self.add_error("lead", _("单位属于另一地区。"))
        return cleaned


@admin.register(Responsibility)
class ResponsibilityAdmin(OfPlaceAdmin):
    """Rows are read; a new version is begun from a day, and ends the one that held."""

    form = ResponsibilityForm
    list_display = [
        "category_code", "lead", "supporters", "amount", "amount_unit", "valid", "ruling",
        "renew",
    ]  # fmt: skip
    list_filter = [PlaceFilter]
    list_select_related = ["place", "lead"]
    search_fields = ["category_code", "lead__name", "ruling"]
    actions = ("end_today",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("supporting")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # The list page asks without a row: actions need it. No row is edited in place.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(ResponsibilityForm.Meta.fields)
        return [*fields, "valid", "settled_by"] if obj else [*fields, "from_day"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        more["fields"] = [] if obj else [*ResponsibilityForm.Meta.fields, "from_day"]
        return super().get_form(request, obj, change=change, **more)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        initial.setdefault("from_day", timezone.localdate().isoformat())
        return initial

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        asked, by = form.cleaned_data, request.user
        made = begin_responsibility(
            place=asked["place"],
            category_code=asked["category_code"],
            lead=asked["lead"],
            supporting=asked["supporting"],
            allowance=Allowance(asked["amount"], asked["amount_unit"]),
            from_day=asked["from_day"],
            ruling=asked["ruling"],
            by=by,  # type: ignore[arg-type]
            now=timezone.now(),
        )
        obj.pk, obj.valid = made.pk, made.valid

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is left to save: the service wrote the row, its units and its event."""

    @admin.action(description=_("从今天起失效"), permissions=["change"])
    def end_today(self, request: HttpRequest, rows: QuerySet[Responsibility]) -> None:
        now, by = timezone.now(), request.user
        for row in rows:
            day = now.astimezone(ZoneInfo(row.place.time_zone)).date()
            try:
                end_responsibility(row=row, day=day, by=by, now=now)  # type: ignore[arg-type]
            except InvalidInput as error:
                messages.error(request, f"{row.category_code}：{error}")

    @admin.display(description=_("配合单位"))
    def supporters(self, row: Responsibility) -> str:
        return "、".join(unit.name for unit in row.supporting.all())

    @admin.display(description="")
    def renew(self, row: Responsibility) -> SafeString:
        """A link to a new version that begins with what this one says."""
        query = urlencode(
            {
                "place": row.place_id,
                "category_code": row.category_code,
                "lead": row.lead_id,
                "supporting": ",".join(str(unit.pk) for unit in row.supporting.all()),
                "amount": row.amount,
                "amount_unit": row.amount_unit,
            }
        )
        address = reverse("admin:incidents_responsibility_add")
        return format_html('<a href="{}?{}">{}</a>', address, query, _("换一版"))
