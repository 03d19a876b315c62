"""`/assessment/`: the table; `/assessment/cases/{number}`: why a score is what it is, appeals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.request import Request

from gis.api.languages import in_request_language
from gis.api.problems import Refused
from gis.kernel.errors import WanggeError
from incidents.api.assessment import read_asked
from incidents.assessment import appeals
from incidents.assessment.figures import BY, Table, Told, assess, share
from incidents.assessment.indicators import INDICATORS
from incidents.assessment.people import seats_of
from incidents.assessment.period import month_of, week_of
from incidents.assessment.telling import part_names, tell_score
from incidents.choices import Kind
from incidents.models import CaseScore
from incidents.models.assessment import AppealOutcome
from maps.views.coverage import said

__all__ = ["assessment", "case_score", "row_key"]


@require_safe
@login_required
def assessment(request: HttpRequest) -> HttpResponse:
    """The table of a period; a wrong query is told at its field."""
    asking, now = Request(request), timezone.now()
    asking.user = request.user
    try:
        asked, scope = read_asked(asking, now)
        table = assess(request.user, asked, now=now)
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/assessment.html", page, status=refused.status_code)
    zone = ZoneInfo(scope.place.time_zone)
    rows = [_row(one, table) for one in table.rows]
    ranked = [one for one in rows if one["rank"] is not None]
    return render(
        request,
        "maps/assessment.html",
        {
            "table": table, "scope": scope, "zone": scope.place.time_zone,
            "bands": _bands(ranked), "ranked": len(ranked),
            "unranked": [one for one in rows if one["rank"] is None],
            "overall": _row(table.overall, table) if table.overall else None,
            "tabs": _tabs(request, asked.by), "periods": _periods(request, asked, zone),
            "first_day": asked.since.astimezone(zone).date(),
            "last_day": (asked.until - timedelta(microseconds=1)).astimezone(zone).date(),
            "kinds": Kind.choices, "asked": request.GET, "parts": part_names(),
            "query": request.GET.urlencode(), "issues": seats_of(request.user).is_issuing,
            "axis": _axis(rows),
        },
    )  # fmt: skip


def _row(row: Told, table: Table) -> dict[str, Any]:
    standing = row.standing
    told: dict[str, Any] = {
        "row": row,
        "rank": standing.rank if standing else None,
        "band": standing.band if standing else None,
        "standing": standing,
        "parts": list(row.parts.values()),
        "why": _why_unranked(row, table),
    }
    told["indicators"] = [
        {**share(row, one, table.asked), "percent": _percent(row.indicators[one.name]),
         "less": one.more_is_better is False}
        for one in INDICATORS
    ] if row is table.overall else []  # fmt: skip
    return told


def _percent(counts: tuple[int, int]) -> float | None:
    return 100 * counts[0] / counts[1] if counts[1] else None


def _why_unranked(row: Told, table: Table) -> str:
    if not row.key:
        return _("不归任何一方，不排名")
    if row.scored < table.minimum:
        return _("评分不足 {minimum} 件，不排名").format(minimum=table.minimum)
    return "" if table.is_ranked else _("只见本人，不排名")


def _bands(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    bands: dict[int, list[dict[str, Any]]] = {}
    for one in rows:
        bands.setdefault(one["band"], []).append(one)
    return list(bands.values())


def _axis(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """From where the bars are drawn: a round number below every lower bound and mean."""
    lows = [one["standing"].low for one in rows if one["standing"]]
    lows += [one["row"].score for one in rows if one["row"].score is not None and one["rank"]]
    least = max(0, int(min(lows, default=0) // 5 * 5))
    for one in rows:
        standing = one["standing"]
        if standing is not None:
            one["bar"] = {
                "low": _along(standing.low, least), "mean": _along(standing.shrunk, least),
                "width": _along(standing.high, least) - _along(standing.low, least),
            }  # fmt: skip
    return {"least": least, "middle": (least + 100) / 2}


def _along(value: float, least: int) -> float:
    return round(100 * (value - least) / (100 - least), 2)


def _tabs(request: HttpRequest, by: str) -> list[dict[str, Any]]:
    names = {
        "unit": _("单位"), "grid": _("网格"), "community": _("社区"), "subdistrict": _("街道"),
        "person": _("人员"),
    }  # fmt: skip
    query = request.GET.copy()
    tabs = []
    for one in BY:
        query["by"] = one
        tabs.append({"name": names[one], "query": query.urlencode(), "here": one == by})
    return tabs


def _periods(request: HttpRequest, asked: Any, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The week and the month of the end of the period, and those before them."""
    last = (asked.until - timedelta(microseconds=1)).astimezone(zone).date()
    week, month = week_of(last, zone), month_of(last, zone)
    before_week = week_of(last - timedelta(days=7), zone)
    before_month = month_of(last.replace(day=1) - timedelta(days=1), zone)
    told = []
    for name, span in (
        (_("本周"), week), (_("上周"), before_week), (_("本月"), month), (_("上月"), before_month),
    ):  # fmt: skip
        query = {
            **request.GET.dict(), "from": _day(span.since, zone), "to": _day(span.until, zone)
        }  # fmt: skip
        here = (span.since, span.until) == (asked.since, asked.until)
        told.append({"name": name, "query": urlencode(query), "here": here})
    return told


def _day(at: datetime, zone: ZoneInfo) -> str:
    day: date = at.astimezone(zone).date()
    return day.isoformat()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_score(request: HttpRequest, number: str) -> HttpResponse:
    """The score of a case line by line, every figure it had before, and what was appealed."""
    rows = appeals.scores_for(request.user, number)
    if not rows:
        raise Http404(number)
    wrong = _act(request) if request.method == "POST" else ""
    if request.method == "POST" and not wrong:
        return redirect("assessment_case", number=number)
    now, case = timezone.now(), rows[0].incident
    zone = ZoneInfo(case.place.time_zone)
    shown = next((one for one in rows if one.counts), rows[0])
    return render(
        request,
        "maps/assessment_case.html",
        {
            "case": case, "score": shown, "parts": tell_score(shown, zone), "wrong": wrong,
            "former": [one for one in rows if one is not shown], "zone": case.place.time_zone,
            "appeals": _appeals(rows, request.user, now),
            "may_appeal": appeals.may_ask(shown, request.user, now) and not _pending(rows),
        },
        status=422 if wrong else 200,
    )  # fmt: skip


def _pending(rows: list[CaseScore]) -> bool:
    return any(one.outcome == AppealOutcome.PENDING for row in rows for one in row.appeals.all())


def _appeals(rows: list[CaseScore], user: Any, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "appeal": one,
            "may_decide": one.outcome == AppealOutcome.PENDING
            and appeals.may_decide(one, user, now),
        }
        for row in rows
        for one in row.appeals.all()
    ]


def _act(request: HttpRequest) -> str:
    """What a form of the page asks for; the words of why not."""
    given, user, now = request.POST, request.user, timezone.now()
    try:
        if given.get("do") == "appeal":
            appeals.ask(
                score=row_key(given.get("score", "")), reason=given.get("reason", ""),
                by=user, now=now,  # type: ignore[arg-type]
            )  # fmt: skip
        else:
            points = None
            if given.get("outcome") == "upheld":
                points = {
                    name.removeprefix("points."): float(str(value))
                    for name, value in given.items()
                    if name.startswith("points.") and value
                }
            appeals.decide(
                appeal=row_key(given.get("appeal", "")), points=points,
                words=given.get("words", ""), by=user, now=now,  # type: ignore[arg-type]
            )  # fmt: skip
    except ValueError:
        return _("数值无法读取。")
    except WanggeError as error:
        return in_request_language(error.message)
    return ""


def row_key(text: str) -> int:
    """The key of a row that a form names. Raises `ValueError` for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    return int(text)
