"""What may be asked about cases: one reading and one answer for lists, tiles, densities, figures.

So a number anywhere equals the list behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Polygon
from django.db.models import Q, QuerySet

from gis.api.fields import read_instant
from gis.api.problems import Problem, Refused, refuse
from gis.api.query import bounding_box
from grids.models import Edition
from grids.querysets import Viewer
from incidents.assessment.asking import ASSESSED, Assessed, assessed, problem_of
from incidents.choices import IncidentState, Kind, Placed
from incidents.selectors import cases_for, cases_in, on_grids

__all__ = ["PARAMETERS", "CaseQuestion", "cases_asked", "read_moment", "read_question"]

PARAMETERS = frozenset(
    {"bbox", "grid", "region", "kind", "category", "state", "from", "to", "placed"} | ASSESSED
)
_LONGEST = {"grid": 32, "region": 32, "category": 16}
_CHOICES = {"kind": Kind.values, "state": IncidentState.values, "placed": Placed.values}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuestion:
    """Conditions on cases; blank and None ask nothing. `since` is included, `until` is not."""

    grid: str = ""
    region: str = ""
    kind: str = ""
    category: str = ""
    state: str = ""
    placed: str = ""
    since: datetime | None = None
    until: datetime | None = None
    box: Polygon | None = None
    assessed: Assessed = field(default_factory=Assessed)


def read_question(asked: Mapping[str, str], zone: ZoneInfo) -> CaseQuestion:
    """Read the parameters of `PARAMETERS` from a query string; others are the caller's.

    Raises `Refused` with every parameter that is wrong.
    """
    problems = [problem for name in asked if (problem := _problem(name, asked[name]))]
    problems += problem_of(asked)
    if problems:
        raise Refused(problems)
    words = {
        name: asked.get(name, "")
        for name in ("grid", "region", "kind", "category", "state", "placed")
    }
    return CaseQuestion(
        **words,
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
        unit=asked.get("unit", ""),
        handled_by=asked.get("handled_by", ""),
    )


def _problem(name: str, value: str) -> Problem | None:
    if name in _CHOICES and value and value not in _CHOICES[name]:
        known = "、".join(_CHOICES[name])
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
    return assessed(rows.filter(**_conditions(question)), edition, question.assessed)


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
        "state": question.state,
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
