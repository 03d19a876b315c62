"""What may be asked about cases: one reading and one answer for lists, tiles, densities, figures.

So a number anywhere equals the list behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Polygon
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from gis.api.fields import read_instant
from gis.api.problems import Problem, Refused, refuse
from gis.api.query import bounding_box
from grids.models import Edition
from grids.querysets import Viewer
from incidents.assessment.asking import ASSESSED, Assessed, assessed, problem_of
from incidents.choices import OPEN_STATES, Due, IncidentState, Kind, Order, Placed, Tier
from incidents.selectors import cases_for, cases_in, on_grids
from incidents.waiting import waits_for
from incidents.wording import worded

__all__ = ["PARAMETERS", "CaseQuestion", "cases_asked", "ordered", "read_moment", "read_question"]

PARAMETERS = frozenset(
    {
        "bbox", "grid", "region", "kind", "category", "state", "from", "to", "placed", "unit",
        "tier", "due", "mine", "text", "order",
    }
    | ASSESSED
)  # fmt: skip
# What `state` may say for all states in which a case is still to be dealt with.
OPEN = "open"
# What `unit` may say for the cases that no unit leads.
NO_UNIT = "none"
_YES = "yes"
_LONGEST = {"grid": 32, "region": 32, "category": 16, "unit": 32, "text": 80}
_CHOICES = {
    "kind": Kind.values, "placed": Placed.values, "tier": Tier.values, "due": Due.values,
    "mine": [_YES], "order": Order.values,
}  # fmt: skip
_STATES = [*IncidentState.values, OPEN]
_WORDS = (
    "grid", "region", "kind", "category", "placed", "unit", "tier", "due", "text", "order",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuestion:
    """Conditions on cases; blank, empty and None ask nothing. `since` is included, `until` is not.

    `unit` leads; `none` asks for what no unit leads. `due` asks of open cases only, by `now` and
    the end of its local day, `tomorrow`. `is_mine` asks for what waits for the viewer, see
    `incidents.waiting`.
    """

    grid: str = ""
    region: str = ""
    kind: str = ""
    category: str = ""
    states: tuple[str, ...] = ()
    placed: str = ""
    unit: str = ""
    tier: str = ""
    due: str = ""
    is_mine: bool = False
    text: str = ""
    order: str = ""
    now: datetime | None = None
    tomorrow: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    box: Polygon | None = None
    assessed: Assessed = field(default_factory=Assessed)


def read_question(
    asked: Mapping[str, str], zone: ZoneInfo, now: datetime | None = None
) -> CaseQuestion:
    """Read the parameters of `PARAMETERS` from a query string; others are the caller's.

    Raises `Refused` with every parameter that is wrong.
    """
    problems = [problem for name in asked if (problem := _problem(name, asked[name]))]
    problems += problem_of(asked)
    if problems:
        raise Refused(problems)
    now = now or timezone.now()
    return CaseQuestion(
        **{name: asked.get(name, "").strip() for name in _WORDS},
        states=_read_states(asked.get("state", "")),
        is_mine=asked.get("mine", "") == _YES,
        now=now,
        tomorrow=_tomorrow(now, zone),
        since=read_moment(asked["from"], "from", zone) if asked.get("from") else None,
        until=read_moment(asked["to"], "to", zone) if asked.get("to") else None,
        box=bounding_box(asked["bbox"]) if asked.get("bbox") else None,
        assessed=_read_assessed(asked, zone),
    )


def _read_assessed(asked: Mapping[str, str], zone: ZoneInfo) -> Assessed:
    since, until = asked.get("closed_from"), asked.get("closed_to")
    return Assessed(
        closed_since=read_moment(since, "closed_from", zone) if since else None,
        closed_until=read_moment(until, "closed_to", zone) if until else None,
        indicator=asked.get("indicator", ""),
        handled_by=asked.get("handled_by", ""),
    )


def _read_states(text: str) -> tuple[str, ...]:
    """The states that are named, each once; `open` names all open ones."""
    found: dict[str, None] = {}
    for name in text.split(",") if text else ():
        found |= dict.fromkeys(OPEN_STATES if name == OPEN else (name,))
    return tuple(str(state) for state in found)


def _tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone)


def _problem(name: str, value: str) -> Problem | None:
    choices = _STATES if name == "state" else _CHOICES.get(name, [])
    said = value.split(",") if name == "state" else [value]
    if choices and value and not set(said) <= set(choices):
        known = "、".join(choices)
        return Problem(name, "unknown_choice", f"可用：{known}。", f"Use one of: {known}.")
    if len(value) > _LONGEST.get(name, len(value)):
        most = _LONGEST[name]
        return Problem(name, "too_long", f"最多 {most} 个字符。", f"At most {most} characters.")
    return None


def cases_asked(user: Viewer, edition: Edition, question: CaseQuestion) -> QuerySet[Any]:
    """The cases that `user` may see and that the question means, with `told_grid` in `edition`."""
    rows = cases_in(cases_for(user), edition)
    ground = _ground(question)
    if ground is not None:
        rows = on_grids(rows, edition, ground)
    if question.box is not None:
        rows = rows.within(question.box)  # type: ignore[attr-defined]
    if question.placed == Placed.PROVISIONAL:
        rows = rows.filter(provisional=True)
    elif question.placed:
        rows = rows.filter(told_grid__isnull=question.placed == Placed.NO)
    if question.due:
        rows = rows.filter(_falls_due(question), state__in=OPEN_STATES)
    if question.is_mine:
        rows = rows.filter(waits_for(user, question.now or timezone.now()))
    if question.text:
        rows = rows.filter(worded(question.text))
    return assessed(rows.filter(**_conditions(question)), edition, question.assessed)


def ordered(rows: QuerySet[Any], question: CaseQuestion) -> QuerySet[Any]:
    """The order that is asked for: the newest first, or the most pressing with what has no
    deadline last.
    """
    if question.order == Order.DUE:
        return rows.order_by(F("due_at").asc(nulls_last=True), "pk")
    return rows.order_by("-received_at", "-pk")


def _falls_due(question: CaseQuestion) -> Q:
    """Overdue; in the last fifth of its time; on this local day, passed or not; at no time."""
    now, tomorrow = question.now, question.tomorrow
    if now is None or tomorrow is None or question.due == Due.NONE:
        return Q(due_at__isnull=True)
    return {
        Due.OVERDUE: Q(due_at__lt=now),
        Due.AMBER: Q(amber_at__lte=now, due_at__gte=now),
        Due.TODAY: Q(due_at__gte=tomorrow - timedelta(days=1), due_at__lt=tomorrow),
    }[Due(question.due)]


def _ground(question: CaseQuestion) -> Q | None:
    """The question to `Grid` that a grid's or a region's code asks; None when neither is given."""
    if not (question.grid or question.region):
        return None
    asked = Q(code=question.grid) if question.grid else Q()
    if question.region:
        asked &= Q(region__code=question.region) | Q(region__parent__code=question.region)
    return asked


def _conditions(question: CaseQuestion) -> dict[str, Any]:
    conditions = {
        "kind": question.kind,
        "state__in": question.states,
        "unit__code": question.unit if question.unit != NO_UNIT else "",
        "unit__isnull": question.unit == NO_UNIT,
        "tier": question.tier,
        "category__code": question.category,
        "received_at__gte": question.since,
        "received_at__lt": question.until,
    }
    return {name: value for name, value in conditions.items() if value}


def read_moment(text: str, field: str, zone: ZoneInfo) -> datetime:
    """An instant, or the start of a local day. Raises `Refused`."""
    # A plus sign in a query string is read as a blank.
    found = read_instant(f"{text}T00:00:00Z" if len(text) == 10 else text.replace(" ", "+"))
    if found is None:
        zh = "应为日期，或带时区的时间，如 2022-11-02、2022-11-02T08:30:00+08:00。"
        en = "Must be a date, or a time with its offset: 2022-11-02T08:30:00+08:00."
        raise refuse(field, "not_an_instant", zh, en)
    return found.replace(tzinfo=zone) if len(text) == 10 else found
