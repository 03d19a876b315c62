"""`/desk/clearance/`: the daily clearance board, and the list behind each of its figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused
from incidents.selectors import told_cases
from maps.clearance.asking import Asked, read_board
from maps.clearance.board import Row, board_of, chosen, link, whole
from maps.clearance.lines import CAME, DUE, Line, lines_of
from maps.views.coverage import said

PAGE = 50
# No more of what lies about is told on the board itself; the rest is a link away.
MOST_OPEN = 60
MOST_ROWS = 20
WORDS = {
    "came": _("今日进件"),
    "due": _("今日到期"),
    "open": _("未清"),
    "dispatched": _("已派遣"),
    "settled": _("无需派遣"),
    "waiting": _("未派遣"),
    "in_time": _("按时办结"),
    "late": _("逾期办结"),
    "overdue": _("逾期未办"),
    "to_come": _("今日待办"),
}


@require_safe
@login_required
def clearance(request: HttpRequest) -> HttpResponse:
    """The board of a day; a wrong query is told at its field."""
    try:
        asked = read_board(_asked(request), timezone.now())
    except Refused as refused:
        return _refused(request, refused)
    lines = lines_of(request.user, asked.scope.edition, asked.day)
    left = chosen(lines, by=asked.by, row="", part="open")
    rows = board_of(lines, asked.by)
    widest = max([1, *(max(row.came, row.due) for row in rows)])
    told = [_row(row, asked, row.holder.code or "-", widest) for row in rows]
    total = whole(lines)
    return render(
        request,
        "maps/clearance.html",
        {
            **_shared(asked),
            "total": _row(total, asked, "", max(1, total.came, total.due)),
            "rows": told[:MOST_ROWS],
            "rest": told[MOST_ROWS:],
            "open": [_line(one) for one in left[:MOST_OPEN]],
            "more": max(0, len(left) - MOST_OPEN),
            "open_list": link(asked.day, asked.scope.place.code, by=asked.by, part="open"),
            "came_list": _came_list(asked),
            "before": _other(asked, days=-1),
            "after": None if asked.day.day >= asked.day.moment.day else _other(asked, days=1),
            "by_unit": _other(asked, by="unit"),
            "by_subdistrict": _other(asked, by="subdistrict"),
        },
    )


@require_safe
@login_required
def clearance_cases(request: HttpRequest) -> HttpResponse:
    """The cases that a figure of the board counts."""
    try:
        asked = read_board(_asked(request), timezone.now(), is_list=True)
    except Refused as refused:
        return _refused(request, refused)
    lines = lines_of(request.user, asked.scope.edition, asked.day)
    found = chosen(lines, by=asked.by, row=asked.row, part=asked.part)
    held = Paginator(found, PAGE).get_page(request.GET.get("page"))
    page: list[Line] = list(held.object_list)
    cases = {case.pk: case for case in told_cases([one.pk for one in page])}
    query = request.GET.copy()
    query.pop("page", None)
    holder = found[0].subdistrict if asked.by == "subdistrict" and found else None
    holder = holder or (found[0].holder if found else None)
    return render(
        request,
        "maps/clearance_cases.html",
        {
            **_shared(asked),
            "page": held,
            "query": query.urlencode(),
            "what": WORDS[asked.part],
            "who": holder.name if holder and asked.row else "",
            "back": _other(asked),
            "lines": [
                {**_line(one), "case": cases[one.pk], "category": _category(cases[one.pk])}
                for one in page
            ],
        },
    )


def _asked(request: HttpRequest) -> Request:
    asked = Request(request)
    asked.user = request.user
    return asked


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    page = {"problems": [said(one) for one in refused.problems]}
    return render(request, "maps/clearance.html", page, status=refused.status_code)


def _shared(asked: Asked) -> dict[str, Any]:
    return {
        "scope": asked.scope,
        "zone": asked.scope.place.time_zone,
        "day": asked.day,
        "by": asked.by,
        "is_live": asked.day.moment.is_now and not asked.day.is_over,
    }


def _row(row: Row, asked: Asked, code: str, widest: int) -> dict[str, Any]:
    """A row with its two bars, drawn to one scale."""
    return {
        "row": row,
        "name": row.holder.name or _("未定位"),
        "is_unit": row.holder.is_unit,
        "sides": [
            {
                "name": side,
                "word": WORDS[side],
                "count": count,
                "parts": _parts(row, asked, code, parts, widest),
            }
            for side, count, parts in (("came", row.came, CAME), ("due", row.due, DUE))
        ],
    }


def _parts(
    row: Row, asked: Asked, code: str, parts: tuple[str, ...], widest: int
) -> list[dict[str, Any]]:
    found, x = [], 0.0
    for part in parts:
        count = row.counts[part]
        late = row.late_waiting if part == "waiting" else count * (part in ("late", "overdue"))
        bars = []
        for number, is_late in ((count - late, False), (late, True)):
            width = 100 * number / widest
            if number:
                bars.append({"x": f"{x:.2f}", "width": f"{width:.2f}", "is_late": is_late})
            x += width
        found.append(
            {
                "name": part,
                "word": WORDS[part],
                "count": count,
                "late": late,
                "bars": bars,
                "list": link(asked.day, asked.scope.place.code, by=asked.by, row=code, part=part),
            }
        )
    return found


def _line(one: Line) -> dict[str, Any]:
    return {"line": one, "word": WORDS[one.part]}


def _category(case: Any) -> str:
    return case.category.name_in(get_language()) if case.category else ""


def _came_list(asked: Asked) -> str:
    """The ordinary list of cases of what came in: the same number."""
    span = {"from": asked.day.begins.isoformat(), "to": asked.day.seen_at.isoformat()}
    query = urlencode({**span, "place": asked.scope.place.code})
    return f"{reverse('cases')}?{query}"


def _other(asked: Asked, *, days: int = 0, by: str = "") -> str:
    """The board of another day or with other rows, seen from the same moment."""
    query = {"day": (asked.day.day + timedelta(days=days)).isoformat(), "by": by or asked.by}
    if not asked.day.moment.is_now:
        query["at"] = asked.day.moment.at.isoformat()
    query["place"] = asked.scope.place.code
    return f"{reverse('clearance')}?{urlencode(query)}"
