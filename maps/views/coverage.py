"""`/coverage/`: the table behind the coverage that the wall shows, of any day and week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Problem, Refused
from grids.choices import RegionLevel
from grids.models import Region
from maps.coverage.asking import PARAMETERS, CoverTable, read_table
from maps.coverage.files import grade_name
from maps.coverage.table import Level
from maps.coverage.trend import DAYS, Trend, trends_of
from patrols.choices import Period

# Which columns sort, and which way at first: the least seen comes first, the most positions.
_COLUMNS = (("code", "code"), ("share", "share"), ("quality", "quality"), ("fixes", "-fixes"))
_BAR = 6  # of a day in a trend, in units of its picture


@require_safe
@login_required
def coverage(request: HttpRequest) -> HttpResponse:
    """Grids, communities or subdistricts with their share, the least seen first unless sorted."""
    asked = Request(request)
    asked.user = request.user
    try:
        table = read_table(asked, timezone.now())
    except Refused as refused:
        page = {
            "problems": [said(one) for one in refused.problems],
            "is_gone": refused.status_code == 410,
        }
        return render(request, "maps/coverage.html", page, status=refused.status_code)
    known = (*sorted(PARAMETERS), "place", "edition")
    chosen = {name: request.GET[name] for name in known if request.GET.get(name)}
    trends = trends_of(table.scope.edition, table.day)
    return render(
        request,
        "maps/coverage.html",
        {
            "table": table, "scope": table.scope, "zone": table.scope.place.time_zone,
            "lines": [_line(line, chosen) for line in table.lines],
            "query": urlencode(chosen),
            "levels": _levels(table, chosen),
            "periods": _periods(table, chosen),
            "columns": _columns(table, chosen),
            "regions": Region.objects.of(table.scope.edition)
            .filter(level=RegionLevel.SUBDISTRICT).defer("geometry").order_by("code"),
            "steps": _steps(table, chosen),
            "trends": [_trend(one, table, chosen) for one in trends],
            "trend_days": DAYS,
            "chosen": chosen,
        },
    )  # fmt: skip


def said(problem: Problem) -> dict[str, str]:
    """A reason in the language of the page."""
    english = (get_language() or "").startswith("en")
    return {
        "field": problem.field or "",
        "message": problem.message_en if english else problem.message,
    }


def _with(chosen: dict[str, str], **changed: str) -> str:
    """The query with some of it changed; blank is without."""
    return urlencode({name: text for name, text in {**chosen, **changed}.items() if text})


def _line(line: Any, chosen: dict[str, str]) -> dict[str, Any]:
    return {
        "of": line,
        "grade": grade_name(line.grade),
        "quality": None if line.quality is None else 100 * line.quality,
        "inner": "" if line.grids == 1 else _with(chosen, level="grid", region=line.code),
    }


def _levels(table: CoverTable, chosen: dict[str, str]) -> list[dict[str, Any]]:
    names = {
        Level.GRID: _("网格"),
        Level.COMMUNITY: _("社区"),
        Level.SUBDISTRICT: _("街道"),
    }
    return [
        {"name": name, "query": _with(chosen, level=level.value), "here": level == table.level}
        for level, name in names.items()
    ]


def _periods(table: CoverTable, chosen: dict[str, str]) -> list[dict[str, Any]]:
    names = {Period.DAY: _("日"), Period.WEEK: _("周")}
    day = table.day.isoformat()
    return [
        {
            "name": name,
            "query": _with(chosen, period=str(period), date=day, at="", window=""),
            "here": not table.window and period == table.period,
        }
        for period, name in names.items()
    ]


def _steps(table: CoverTable, chosen: dict[str, str]) -> dict[str, str]:
    """The queries of the day or week before and after; none into the future."""
    span = timedelta(days=7 if table.period == Period.WEEK else 1)

    def to(day: date) -> str:
        return _with(chosen, date=day.isoformat(), at="", window="")

    after = table.day + span
    return {
        "before": to(table.day - span),
        "after": to(after) if after <= table.today else "",
        "today": to(table.today) if table.day != table.today or table.window else "",
    }


def _columns(table: CoverTable, chosen: dict[str, str]) -> dict[str, dict[str, str]]:
    """For each column that sorts: where its heading leads, and how it sorts now."""
    found = {}
    for name, first in _COLUMNS:
        is_here = table.sort.removeprefix("-") == name
        is_down = table.sort.startswith("-")
        turned = name if is_down else f"-{name}"
        found[name] = {
            "query": _with(chosen, sort=turned if is_here else first),
            "aria": ("descending" if is_down else "ascending") if is_here else "none",
        }
    return found


def _trend(one: Trend, table: CoverTable, chosen: dict[str, str]) -> dict[str, Any]:
    """The bars of a subdistrict: all have one scale, up to the whole of the area."""
    bars = [
        {"x": k * (_BAR + 2), "height": 0 if share is None else max(100 * share, 0.5), "day": day,
         "percent": None if share is None else round(100 * share, 1)}
        for k, (day, share) in enumerate(one.days)
    ]  # fmt: skip
    return {
        "of": one,
        "bars": bars,
        "last": bars[-1]["percent"],
        "mean": None if one.mean is None else round(100 * one.mean, 1),
        "query": _with(chosen, level="grid", region=one.code),
        "here": one.code == table.region,
    }
