"""`/desk/cases/{number}/sheet` and `…/print`: the dispatch sheet, and a case on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.api.detail import tell_case
from incidents.selectors import find_case
from incidents.sketch import sketch_of


@require_safe
@login_required
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """The dispatch sheet (派遣单): what is to be done, by whom, until when; to be signed."""
    return _printed(request, number, "incidents/desk/sheet.html")


@require_safe
@login_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The case with its history."""
    return _printed(request, number, "incidents/desk/print.html")


def _printed(request: HttpRequest, number: str, template: str) -> HttpResponse:
    found = find_case(request.user, number)
    if found is None:
        raise Http404(number)
    now = timezone.now()
    told = tell_case(found, request.user, now)
    page = {
        "case": found,
        "told": told,
        "zone": found.place.time_zone,
        "now": now,
        "lead": next((one for one in told["units"] if one["part"] == "lead"), None),
        "supporting": [one for one in told["units"] if one["part"] != "lead"],
        "clocks": [_timed(one, "started_at", "due_at") for one in told["clocks"]],
        "events": [_timed(one, "at") for one in told["events"]],
        "reports": [_timed(one, "received_at") for one in told["reports"]],
        "sketch": sketch_of(found),
    }
    return render(request, template, page)


def _timed(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return row | {name: datetime.fromisoformat(row[name]) for name in names}
