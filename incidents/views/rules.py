"""`/desk/rules/`: routing rules in their order, tried and switched by the centre."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gis.api.problems import Refused
from gis.api.query import whole_number
from grids.selectors import default_place
from incidents.models import Rule
from incidents.services.trying import (
    TRIED_WITHIN,
    NotTried,
    content_of,
    keep_trial,
    move_rule,
    switch_rule,
    try_rule,
)
from incidents.views.trials import in_words
from incidents.workflow.standing import standing_of

LAST = 32_000


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of the centre's own place; a trial is told beneath its rule."""
    user: Any = request.user
    if not standing_of(user, timezone.now()).is_centre:
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, {})
    rows = _rows(request)
    rule = next((one for one in rows if str(one.pk) == request.POST.get("rule", "")), None)
    if rule is None:
        raise PermissionDenied
    return _do(request, rule, request.POST.get("do", ""))


def _do(request: HttpRequest, rule: Rule, verb: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    told: dict[str, Any] = {"of": rule.pk}
    try:
        if verb == "try":
            trial = try_rule(rule, now)
            keep_trial(rule=rule, trial=trial, by=by, now=now)  # type: ignore[arg-type]
            return _page(request, {**told, "trial": trial, "words": in_words(trial)})
        if verb in ("on", "off"):
            switch_rule(rule=rule, on=verb == "on", by=by, now=now)  # type: ignore[arg-type]
        elif verb == "move":
            order = whole_number(request.POST.get("order", ""), "order", at_least=0, at_most=LAST)
            move_rule(rule=rule, order=order, by=by, now=now)  # type: ignore[arg-type]
        else:
            raise PermissionDenied
    except NotTried as refused:
        return _page(request, {**told, "wrong": str(refused)}, status=409)
    except Refused as refused:
        return _page(request, {**told, "wrong": refused.problems[0].message}, status=400)
    return HttpResponseRedirect(reverse("rules"))


def _rows(request: HttpRequest) -> list[Rule]:
    place = default_place(request.user)
    rows = Rule.objects.filter(place=place).select_related("place", "unit")
    return list(rows.defer("place__envelope").order_by("order", "pk"))


def _page(request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
    now = timezone.now()
    lines = [
        {
            "rule": rule,
            "is_tried": rule.tried_at is not None
            and rule.tried_at > now - TRIED_WITHIN
            and rule.tried_digest == content_of(rule),
        }
        for rule in _rows(request)
    ]
    place = default_place(request.user)
    zone = place.time_zone if place else "UTC"
    page = {"lines": lines, "told": told, "zone": zone, "may_edit": request.user.is_staff}
    return render(request, "incidents/rules.html", page, status=status)
