"""Routing rules: edited, tried, switched on only as they were tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.ledger.services import audit
from grids.admin.filters import PlaceFilter
from incidents.admin.lists import OfPlaceAdmin
from incidents.models import Rule
from incidents.services.trying import NotTried, content_of, keep_trial, switch_rule, try_rule
from incidents.views.trials import in_words


@admin.register(Rule)
class RuleAdmin(OfPlaceAdmin):
    """In the order in which they are asked. What a rule does is not changed while it is on: the
    change switches it off, and it is tried again.
    """

    ground = "area"
    deferred: Sequence[str] = ("area", "place__envelope")
    list_display = ["order", "name", "kind", "category_codes", "unit", "is_automatic", "is_on"]
    list_display_links = ["name"]
    list_filter = ["is_on", PlaceFilter]
    list_select_related = ["place", "unit"]
    search_fields = ["name"]
    ordering = ["place", "order", "id"]
    actions = ["try_out", "switch_on", "switch_off"]
    fields = [
        "place", "name", "order", "kind", "category_codes", "area", "weekdays", "time_from",
        "time_until", "unit", "is_automatic", "is_on", "tried_at",
    ]  # fmt: skip
    readonly_fields = ["is_on", "tried_at"]

    def record(self, request: HttpRequest, obj: Model, verb: str, fields: Sequence[str]) -> None:
        """On the chain of the rules of the place, which tells of all of them in order."""
        rule: Any = obj
        audit.record(
            chain=f"rules:{rule.place.code}",
            action=f"rule.{verb}",
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            data={"rule": rule.pk, "fields": list(fields)},
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        was = Rule.objects.get(pk=obj.pk) if change else None
        if was is not None and was.is_on and content_of(was) != content_of(obj):
            obj.is_on = False
            messages.warning(request, _("规则内容已改，已停用；请试算后再启用。"))
        super().save_model(request, obj, form, change)

    @admin.action(description=_("试算"), permissions=["change"])
    def try_out(self, request: HttpRequest, rows: QuerySet[Rule]) -> None:
        by: Any = request.user
        for rule in rows:
            now = timezone.now()
            trial = try_rule(rule, now)
            keep_trial(rule=rule, trial=trial, by=by, now=now)
            messages.info(request, f"{rule.name}：{in_words(trial)}")

    @admin.action(description=_("启用"), permissions=["change"])
    def switch_on(self, request: HttpRequest, rows: QuerySet[Rule]) -> None:
        self._switch(request, rows, on=True)

    @admin.action(description=_("停用"), permissions=["change"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[Rule]) -> None:
        self._switch(request, rows, on=False)

    def _switch(self, request: HttpRequest, rows: QuerySet[Rule], *, on: bool) -> None:
        by: Any = request.user
        for rule in rows:
            try:
                with transaction.atomic():
                    switch_rule(rule=rule, on=on, by=by, now=timezone.now())
            except NotTried as error:
                messages.error(request, f"{rule.name}：{error}")
