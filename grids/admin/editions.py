"""Editions: drafts are made here, published and cancelled through the services that prove them."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gis.kernel.errors import WanggeError
from grids.admin.base import DeskAdmin, said
from grids.admin.filters import PlaceFilter
from grids.admin.geometry import MEDIA, show
from grids.admin.layers import tilejson
from grids.choices import EditionState
from grids.models import Block, Edition, Grid, Post, Region, User
from grids.services import editions


class WhenForm(forms.Form):
    at = forms.DateTimeField(
        label="生效时间 · In force from",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="已过的时间立即生效。(A time that has passed takes effect at once.)",
    )


# What goes with a draft, and what holds on to it.
GROUND: list[type[Model]] = [Region, Grid]
HOLDERS: list[tuple[type[Model], list[str]]] = [
    (Post, ["grid__edition", "region__edition"]),
    (Block, ["valid_from"]),
]


@admin.register(Edition)
class EditionAdmin(DeskAdmin):
    deferred = ("place__envelope",)
    list_display = ["name", "place", "state", "since", "until", "grids", "source"]
    list_filter = ["state", PlaceFilter]
    list_select_related = ["place"]
    search_fields = ["name", "place__name", "place__code"]
    actions = ["publish", "cancel"]
    date_hierarchy = "created_at"
    fieldsets: ClassVar = [
        (None, {"fields": ["place", "name", "source", "state", "grid_list"]}),
        (
            "时间 · Time",
            {"fields": ["time", "created_at", "published_at", "published_by", "digest"]},
        ),
        ("地图 · Map", {"fields": ["overview"]}),
    ]
    written_by_services: ClassVar = [
        "state",
        "time",
        "created_at",
        "published_at",
        "published_by",
        "digest",
        "grid_list",
        "overview",
    ]

    @property
    def media(self) -> forms.Media:
        return super().media + MEDIA

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = Grid.objects.filter(edition=OuterRef("pk")).order_by().values("edition")
        number = Subquery(counted.annotate(n=Count("pk")).values("n"), IntegerField())
        rows = super().get_queryset(request)
        return cast(QuerySet[Any], rows.annotate(grid_count=Coalesce(number, 0)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(self.written_by_services)
        fixed = [] if obj.state == EditionState.DRAFT else ["name", "source"]
        return [*self.written_by_services, "place", *fixed]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        open_ = obj is None or getattr(obj, "state", "") == EditionState.DRAFT
        return super().has_delete_permission(request, obj) and open_

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Counts instead of ten thousand names; posts and blocks may hold on to a draft."""
        held: list[str] = []
        counts: dict[str, int] = {}
        for model in GROUND:
            rows = model._default_manager.filter(edition__in=objs)
            counts[str(model._meta.verbose_name)] = rows.count()
        for model, paths in HOLDERS:
            asked = Q(*[(f"{path}__in", objs) for path in paths], _connector=Q.OR)
            number = model._default_manager.filter(asked).count()
            held += [f"{model._meta.verbose_name} × {number}"] if number else []
        return [str(edition) for edition in objs], counts, set(), held

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        # Grids hold on to their regions, so the ground goes in this order.
        for model in (Grid, Region):
            model._default_manager.filter(edition=obj).delete()
        super().delete_model(request, obj)

    @admin.display(description="生效期")
    def time(self, edition: Edition) -> str:
        return said(edition.in_force)

    @admin.display(description="生效", ordering="in_force")
    def since(self, edition: Edition) -> Any:
        return edition.in_force.lower if edition.in_force else None

    @admin.display(description="失效")
    def until(self, edition: Edition) -> Any:
        return edition.in_force.upper if edition.in_force else None

    @admin.display(description="网格数")
    def grids(self, edition: Any) -> int:
        return int(edition.grid_count)

    @admin.display(description="网格数")
    def grid_list(self, edition: Any) -> SafeString:
        address = reverse("admin:grids_grid_changelist")
        return format_html(
            '<a href="{}?edition={}">{}</a>', address, edition.pk, edition.grid_count
        )

    @admin.display(description="网格")
    def overview(self, edition: Edition) -> SafeString:
        return show(None, place=edition.place, neighbours=tilejson("grids", edition))

    # --- the services ------------------------------------------------------------------------
    @admin.action(description="发布所选草稿… · Publish…", permissions=["change"])
    def publish(self, request: HttpRequest, chosen: QuerySet[Edition]) -> HttpResponse | None:
        form = WhenForm(
            request.POST if "at" in request.POST else None, initial={"at": timezone.now()}
        )
        if form.is_valid():
            at, now = form.cleaned_data["at"], timezone.now()
            by = cast(User, request.user)
            self._each(
                request, chosen, lambda e: editions.publish(edition=e, at=at, by=by, now=now)
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "发布区划版本 · Publish an edition",
            "form": form,
            "chosen": chosen,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/grids/edition/publish.html", context)

    @admin.action(description="取消所选排期 · Cancel", permissions=["change"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Edition]) -> None:
        by, now = cast(User, request.user), timezone.now()
        self._each(request, chosen, lambda e: editions.cancel(edition=e, by=by, now=now))

    def _each(
        self,
        request: HttpRequest,
        chosen: QuerySet[Edition],
        step: Callable[[Edition], Edition],
    ) -> None:
        """Take the step for each edition on its own, and say of each how it went."""
        for edition in chosen:
            try:
                done = step(edition)
            except WanggeError as error:
                messages.error(request, f"{edition.name}：{error.message}")
            else:
                messages.success(request, f"{done.name}：{done.get_state_display()}")
