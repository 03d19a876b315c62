"""`/cases/`: the list behind every figure, and `/cases/{number}`: one case to read."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused
from gis.api.query import check_query
from grids.api.scopes import Scope, ScopeReader
from grids.models import Grid, Region
from incidents.api.detail import tell_case
from incidents.api.handling import event_word
from incidents.choices import IncidentState, Kind, Placed
from incidents.questions import PARAMETERS, cases_asked, ordered, read_question
from incidents.selectors import categories_at, events_of, find_case, grids_by_id
from maps.views.coverage import said

PAGE = 50
_KNOWN = (PARAMETERS - {"bbox"}) | {"place", "edition", "page"}


@require_safe
@login_required
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that the query means, the newest first; a wrong query is told at its field."""
    try:
        check_query(Request(request), _KNOWN)
        asked = request.GET
        scope = ScopeReader(request.user).require(asked.get("place", ""), asked.get("edition", ""))
        zone = ZoneInfo(scope.place.time_zone)
        question = read_question(asked.dict(), zone)
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems], "asked": request.GET}
        return render(request, "maps/cases.html", page, status=refused.status_code)
    rows = cases_asked(request.user, scope.edition, question)
    rows = ordered(rows, question).select_related("category").prefetch_related("reports")
    paginator = Paginator(rows, PAGE)
    held = paginator.get_page(asked.get("page"))
    return render(
        request,
        "maps/cases.html",
        {
            "scope": scope,
            "zone": scope.place.time_zone,
            "page": held,
            "lines": _lines(list(held.object_list)),
            "asked": asked,
            "query": _without_page(request),
            "ground": _ground(asked.get("grid", ""), asked.get("region", ""), scope),
            "since": question.since,
            "until": question.until,
            **_choices(),
        },
    )


@require_safe
@login_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what was sent, where it lies and how that was found, what was done."""
    found = find_case(request.user, number)
    if found is None:
        raise Http404(number)
    events = [
        {"at": event.at, "by": event.actor or "", "words": event_word(event.action)}
        for event in events_of(found)
    ]
    told = tell_case(found, request.user, timezone.now())
    shown = {"case": found, "told": told, "case_events": events}
    return render(request, "maps/case.html", {**shown, "zone": found.place.time_zone})


def _lines(rows: list[Any]) -> list[dict[str, Any]]:
    grids = grids_by_id(row.told_grid for row in rows)
    language = get_language()
    lines = []
    for row in rows:
        grid = grids.get(row.told_grid)
        first = min(row.reports.all(), key=lambda report: report.pk, default=None)
        lines.append(
            {
                "case": row,
                "grid": grid,
                "category": row.category.name_in(language) if row.category else "",
                "description": first.description if first else "",
            }
        )
    return lines


def _ground(grid: str, region: str, scope: Scope) -> str:
    """The names of the ground that the list is of; an unknown code stands for itself."""
    names = []
    if region:
        found = Region.objects.of(scope.edition).filter(code=region).defer("geometry").first()
        names.append(found.name if found else region)
    if grid:
        held = Grid.objects.of(scope.edition).filter(code=grid).defer("geometry").first()
        names.append(held.name if held else grid)
    return "、".join(names)


def _choices() -> dict[str, Any]:
    now = timezone.now()
    return {
        "kinds": Kind.choices,
        "states": IncidentState.choices,
        "placings": Placed.choices,
        "categories": [(one.code, one.name_in(get_language())) for one in categories_at(now)],
    }


def _without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
