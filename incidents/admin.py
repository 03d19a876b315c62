"""Intake in the admin: tables to be edited, reports and cases to be read."""

from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.forms import RangeWidget
from django.db.models import Field, QuerySet
from django.forms import DateInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis.ledger.admin import LedgerAdmin
from grids.admin.base import RANGE_HELP, DeskAdmin
from incidents import admin_assessment  # noqa: F401 - registers its pages
from incidents.models import Attribution, Category, Channel, Incident, PositionCheck, Report
from incidents.selectors import channels_for
from incidents.words import why_displaced


@admin.register(Channel)
class ChannelAdmin(DeskAdmin):
    list_display = ["code", "name", "name_en", "datum", "is_open"]
    search_fields = ["code", "name", "name_en"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With a column that tells which channels look displaced, judged once for the page."""
        judged = {one.channel.pk: one for one in channels_for(request.user)}

        @admin.display(description=_("坐标核对"))
        def displaced(channel: Channel) -> str:
            one = judged[channel.pk]
            if one.looks is not None and one.looks.is_displaced:
                return f"⚠ {one.looks.like.value}：{why_displaced(one.looks)}"
            return f"✓ {one.checked}" if one.checked else "–"

        return [*self.list_display, displaced]


@admin.register(Category)
class CategoryAdmin(DeskAdmin):
    list_display = ["code", "name", "name_en", "kind", "valid", "order"]
    list_filter = ["kind"]
    search_fields = ["code", "name", "name_en"]

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: Any, **kwargs: Any) -> Any:
        if isinstance(db_field, DateRangeField):
            widget = RangeWidget(DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
            return db_field.formfield(widget=widget, help_text=RANGE_HELP)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ScopedAdmin(LedgerAdmin):
    """Rows of cases that the viewer may see."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).for_user(request.user)  # type: ignore[attr-defined]
        return rows


@admin.register(Incident)
class IncidentAdmin(ScopedAdmin):
    fields = [
        "number", "place", "kind", "category", "state", "grid", "provisional", "received_at",
        "occurred_at", "is_simulated",
    ]  # fmt: skip
    list_display = ["number", "kind", "category", "state", "grid", "received_at", "is_simulated"]
    list_filter = ["kind", "state", "is_simulated"]
    list_select_related = ["category", "grid"]
    search_fields = ["=number"]
    search_help_text = "案件编号，完整填写 · exact number"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .defer("position", "grid__geometry", "grid__label", "place__envelope")
        )


class AttributionInline(admin.TabularInline[Attribution, Report]):
    model = Attribution
    fields = ["edition", "grid", "method", "border_distance_m", "provisional"]
    readonly_fields = ["edition", "grid", "method", "border_distance_m", "provisional"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(ScopedAdmin):
    # Who reported is not here: the vault is opened for a reason, and not by a list.
    fields = [
        "number", "incident", "channel", "external_id", "kind", "category", "description",
        "address", "lon", "lat", "datum", "accuracy_m", "occurred_at", "received_at", "sent_by",
        "is_simulated",
    ]  # fmt: skip
    list_display = ["number", "incident", "channel", "kind", "category", "received_at"]
    list_filter = ["channel", "kind", "is_simulated"]
    list_select_related = ["incident", "channel", "category"]
    search_fields = ["=number", "=incident__number", "=external_id"]
    search_help_text = "诉求、案件或外部编号，完整填写 · exact number"
    inlines = [AttributionInline]


@admin.register(PositionCheck)
class PositionCheckAdmin(ScopedAdmin):
    list_display = ["report", "channel", "declared", "looks_like", "ground", "east_m", "north_m"]
    list_filter = ["channel", "declared", "looks_like"]
    list_select_related = ["report", "channel"]
    search_fields = ["=report__number"]
    search_help_text = "诉求编号，完整填写 · exact number"
