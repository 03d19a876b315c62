"""What the board is asked: a day, a moment to look from, and by what its rows are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rest_framework.request import Request

from gis.api.problems import refuse
from grids.api.scopes import Scope
from maps.api.asking import moment_of, read_scope
from maps.clearance.board import BY, PARTS
from maps.clearance.lines import Day

__all__ = ["Asked", "read_board"]

_KNOWN = frozenset({"at", "day", "by"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The question to the board; `row` and `part` only of a list."""

    scope: Scope
    day: Day
    by: str
    row: str = ""
    part: str = ""


def read_board(request: Request, now: datetime, *, is_list: bool = False) -> Asked:
    """Read the query. Raises `Refused`."""
    more = frozenset({"row", "part", "page"}) if is_list else frozenset()
    scope = read_scope(request, _KNOWN | more)
    moment = moment_of(request, scope, now)
    asked: Mapping[str, str] = request.query_params
    text = asked.get("day", "")
    day = _day(text) if text else moment.day
    if day > moment.day:
        zh, en = "这一天还没有到。", "That day has not come."
        raise refuse("day", "in_the_future", zh, en)
    by = _one_of(asked, "by", BY)
    part = _one_of(asked, "part", PARTS) if is_list else ""
    return Asked(scope, Day(moment, day), by, asked.get("row", "")[:40], part)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or found.year < 1900:
        raise refuse(
            "day", "not_a_date", "应为日期，如 2022-11-02。", "Must be a date: 2022-11-02."
        )
    return found


def _one_of(asked: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = asked.get(name) or known[0]
    if value not in known:
        names = "、".join(known)
        raise refuse(name, "unknown_choice", f"可用：{names}。", f"Use one of: {names}.")
    return value
