"""`/assessment/notices/`: notices of accountability, and what might give cause for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.request import Request

from gis.api.languages import in_request_language
from gis.api.problems import Refused
from gis.kernel.errors import WanggeError
from grids.api.scopes import Scope
from grids.models import Unit
from incidents.api.assessment import read_asked
from incidents.assessment import notices
from incidents.assessment.figures import Asked, assess
from incidents.assessment.people import seats_of
from incidents.models import Notice
from maps.views.assessment import row_key
from maps.views.coverage import said

__all__ = ["notices_page"]

PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notices_page(request: HttpRequest) -> HttpResponse:
    """The notices that the viewer may see, with what they may do about each."""
    asking, now = Request(request), timezone.now()
    asking.user = request.user
    try:
        asked, scope = read_asked(asking, now)
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/notices.html", page, status=refused.status_code)
    wrong = _act(request, scope, asked, now) if request.method == "POST" else ""
    if request.method == "POST" and not wrong:
        return redirect(request.get_full_path())
    user: Any = request.user
    is_issuing = seats_of(user).is_issuing
    rows = Notice.objects.for_user(user).filter(place=scope.place)
    rows = rows.select_related("unit", "person", "issued_by", "replied_by", "corrected_by")[:PAGE]
    return render(
        request,
        "maps/notices.html",
        {
            "scope": scope, "zone": scope.place.time_zone, "wrong": wrong, "now": now,
            "notices": [
                {"notice": row, "steps": notices.open_steps(row, user, now),
                 "late": row.replied_at is None and row.reply_due_at < now}
                for row in rows
            ],
            "issues": is_issuing,
            "proposals": _proposals(user, asked, now) if is_issuing else [],
            "units": Unit.objects.filter(place=scope.place) if is_issuing else [],
            "key": uuid4(), "asked": asked,
        },
        status=422 if wrong else 200,
    )  # fmt: skip


def _proposals(user: Any, asked: Asked, now: datetime) -> list[dict[str, Any]]:
    by_unit = Asked(
        edition=asked.edition, since=asked.since, until=asked.until, by="unit", kind=asked.kind
    )
    table = assess(user, by_unit, now=now)
    return [
        {"unit": one.unit, "why": one.why, "figure": one.figure, "key": uuid4()}
        for one in notices.proposals(table, asked.edition.place, now)
    ]  # fmt: skip


def _act(request: HttpRequest, scope: Scope, asked: Asked, now: datetime) -> str:
    given, user = request.POST, request.user
    try:
        if given.get("do") == "issue":
            _issue(request, scope, asked, now)
        else:
            notices.answer(
                number=row_key(given.get("notice", "")), step=given.get("do", ""),
                words=given.get("words", ""), by=user, now=now,  # type: ignore[arg-type]
            )  # fmt: skip
    except ValueError:
        return _("数值无法读取。")
    except WanggeError as error:
        return in_request_language(error.message)
    return ""


def _issue(request: HttpRequest, scope: Scope, asked: Asked, now: datetime) -> None:
    """The figure of a proposal is worked out again: what a form sends is no evidence."""
    given, user = request.POST, request.user
    unit = Unit.objects.filter(place=scope.place, code=given.get("unit", "")[:32]).first()
    if unit is None:
        raise ValueError("unit")
    rule = given.get("rule", "")
    figure: dict[str, Any] = {}
    if rule and seats_of(user).is_issuing:
        figure = next(
            (one["figure"] for one in _proposals(user, asked, now)
             if one["unit"] == unit and one["figure"]["rule"] == rule),
            {},
        )  # fmt: skip
    notices.issue(
        place=scope.place, unit=unit, reason=given.get("reason", ""), figure=figure,
        days=float(given.get("days", "3")), key=UUID(given.get("key", "")), by=user, now=now,  # type: ignore[arg-type]
    )  # fmt: skip
