"""`/desk/duty/`: the week's roster of a desk, and handing it over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gis.api.languages import in_request_language
from gis.api.problems import Refused
from gis.kernel.errors import InvalidInput
from grids.api.scopes import Scope, ScopeReader
from grids.models import Unit, User
from incidents.duty import figures_of, handovers_of, people_of, read_week, week_of
from incidents.models import DutyShift, Handover
from incidents.services import duty
from incidents.workflow.errors import NotAllowed
from incidents.workflow.standing import Standing, standing_of

_LONGEST_TEXT = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def duty_page(request: HttpRequest) -> HttpResponse:
    """The roster of one of the viewer's units; `?unit=` and `?week=2026-W48` name others."""
    now, user = timezone.now(), _user(request)
    standing = standing_of(user, now)
    units = duty.units_for(standing)
    if not units:
        return render(request, "incidents/desk/closed.html", {"why": "role"}, status=403)
    try:
        scope = ScopeReader(user).require("", "")
    except Refused as refused:
        why = {"why": "place"}
        return render(request, "incidents/desk/closed.html", why, status=refused.status_code)
    unit = next((one for one in units if one.code == request.GET.get("unit", "")), units[0])
    monday = read_week(request.GET.get("week", ""), _today(scope, now))
    wrong = ""
    if request.method == "POST":
        try:
            _DO.get(request.POST.get("do", ""), _nothing)(request, unit, scope, now)
            return redirect(_address(unit, monday))
        except (InvalidInput, NotAllowed) as error:
            wrong = in_request_language(error.message)
    page = _page(scope, unit, monday, standing, user, now)
    page |= {"units": units, "wrong": wrong}
    return render(request, "incidents/desk/duty.html", page, status=400 if wrong else 200)


def _user(request: HttpRequest) -> Any:
    return request.user


def _today(scope: Scope, now: datetime) -> date:
    return now.astimezone(ZoneInfo(scope.place.time_zone)).date()


def _address(unit: Unit, monday: date) -> str:
    return f"{reverse('duty')}?{urlencode({'unit': unit.code, 'week': _week(monday)})}"


def _week(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02}"


def _page(
    scope: Scope, unit: Unit, monday: date, standing: Standing, user: User, now: datetime
) -> dict[str, Any]:
    people = people_of(unit, now)
    handovers = handovers_of(unit)
    return {
        "unit": unit,
        "zone": scope.place.time_zone,
        "today": _today(scope, now),
        "now": now,
        "days": week_of(unit, monday, ZoneInfo(scope.place.time_zone)),
        "earlier": _week(monday - timedelta(days=7)),
        "later": _week(monday + timedelta(days=7)),
        "week": _week(monday),
        "people": people,
        "others": [one for one in people if one.pk != user.pk],
        "may_edit": duty.may_edit(standing),
        "figures": figures_of(user, scope.edition, now),
        "to_sign": [one for one in handovers if one.to_user_id == user.pk and not one.signed_at],
        "handovers": handovers,
    }


def _add(request: HttpRequest, unit: Unit, scope: Scope, now: datetime) -> None:
    zone = ZoneInfo(scope.place.time_zone)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        begins = datetime.combine(day, time.fromisoformat(request.POST.get("begins", "")), zone)
        ends = datetime.combine(day, time.fromisoformat(request.POST.get("ends", "")), zone)
    except ValueError:
        zh, en = "请填日期、起止时间。", "Give the day, and when it begins and ends."
        raise InvalidInput(f"{zh} ({en})", "day") from None
    if ends <= begins:
        ends += timedelta(days=1)
    user = _one_of(people_of(unit, now), request.POST.get("user", ""))
    duty.add_shift(
        unit=unit, user=user, begins=begins, ends=ends, by=_user(request), now=now
    )  # fmt: skip


def _drop(request: HttpRequest, unit: Unit, _scope: Scope, now: datetime) -> None:
    shift = DutyShift.objects.filter(unit=unit, pk=_number(request, "shift")).first()
    if shift is not None:
        duty.drop_shift(shift=shift, by=_user(request), now=now)


def _hand(request: HttpRequest, unit: Unit, scope: Scope, now: datetime) -> None:
    text = request.POST.get("text", "").strip()
    if len(text) > _LONGEST_TEXT or "\x00" in text:
        raise InvalidInput("交班事项最多 2000 字。 (At most 2,000 characters.)", "text")
    to = _one_of(people_of(unit, now), request.POST.get("to", ""))
    figures = figures_of(_user(request), scope.edition, now)
    duty.hand_over(unit=unit, to=to, text=text, figures=figures, by=_user(request), now=now)


def _sign(request: HttpRequest, unit: Unit, _scope: Scope, now: datetime) -> None:
    found = Handover.objects.filter(unit=unit, pk=_number(request, "handover")).first()
    if found is None:
        raise Http404
    duty.sign_handover(handover=found, by=_user(request), now=now)


def _nothing(_request: HttpRequest, _unit: Unit, _scope: Scope, _now: datetime) -> None:
    raise InvalidInput("没有这个动作。 (There is no such action.)", "do")


_DO: dict[str, Callable[[HttpRequest, Unit, Scope, datetime], None]] = {
    "add": _add, "drop": _drop, "hand": _hand, "sign": _sign,
}  # fmt: skip


def _one_of(people: list[User], username: str) -> User:
    found = next((one for one in people if one.username == username), None)
    if found is None:
        raise InvalidInput("请选本单位的人。 (Choose somebody of the unit.)", "user")
    return found


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
