"""The table of an assessment: who did how well in a period, each figure with the list behind it.

Cases and indicators are those received in the period, scores those of cases closed in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.kernel.league import wilson
from grids.models import Edition, Unit, User
from grids.querysets import Viewer
from incidents.assessment.asking import public_channels
from incidents.assessment.indicators import INDICATORS, NOT, Indicator, flags_sql
from incidents.assessment.league import Mean, Standing, placed
from incidents.assessment.people import persons_of, seats_of
from incidents.assessment.scheme import scheme_on
from incidents.choices import IncidentState
from incidents.models import Scheme
from incidents.selectors import cases_for, cases_in
from incidents.workflow.office import office_of

__all__ = ["BY", "Asked", "Table", "Told", "assess", "list_href", "share"]

BY = ("unit", "grid", "community", "subdistrict", "person")
# What each kind of row is told apart by; the cases of one are asked for by the same name.
_KEYS = {
    "unit": "flags.unit_id", "grid": "g.code", "community": "r.code",
    "subdistrict": "coalesce(p.code, r.code)", "person": "s.person_id",
}  # fmt: skip
_NAMES = {"grid": "max(g.name)", "community": "max(r.name)", "subdistrict":
          "max(coalesce(p.name, r.name))"}  # fmt: skip
_LIST = {"unit": "unit", "grid": "grid", "community": "region", "subdistrict": "region",
         "person": "handled_by"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the assessment. `since` is included, `until` is not."""

    edition: Edition
    since: datetime
    until: datetime
    by: str
    kind: str = ""
    # Parameters that lists need besides, to be about the same place and edition.
    place: str = ""
    edition_name: str = ""


@dataclass(slots=True)
class Told:
    """One row of the table, or the whole."""

    key: str
    name: str
    cases: int
    closed: int
    scored: int
    score: float | None
    variance: float
    parts: dict[str, float | None]
    indicators: dict[str, tuple[int, int]]
    standing: Standing | None = None
    href: str = ""
    cases_href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, ranked ones first, and all of them together. `minimum` is what a rank takes."""

    asked: Asked
    scheme: Scheme | None
    minimum: int
    is_ranked: bool
    rows: list[Told] = field(default_factory=list)
    overall: Told | None = None


def assess(user: Viewer, asked: Asked, *, now: datetime | None = None) -> Table:
    """The assessment of the cases that `user` may see.

    Persons are told to who answers for them, and to themselves; one alone is not ranked.
    """
    now = now or timezone.now()
    place = asked.edition.place
    scheme = scheme_on(place, office_of(place).day(min(asked.until, now)))
    channels = public_channels(asked.edition, now)
    persons = persons_of(user, seats_of(user)) if asked.by == "person" else None
    told = _read(_rows(user, asked), asked, now, channels, persons)
    overall = next((one for one in told if one.key == _ALL), None)
    rows = [one for one in told if one.key != _ALL]
    _name(rows, asked)
    minimum = scheme.minimum if scheme else 10
    is_ranked = persons is None or len(persons) > 1
    _place(rows, minimum if is_ranked else 2**31)
    for row in rows:
        _link(row, asked)
    if overall is not None:
        overall.name = _("全部")
        _link(overall, asked)
    return Table(asked, scheme, minimum, is_ranked, rows, overall)


_ALL = "*"


def _rows(user: Viewer, asked: Asked) -> QuerySet[Any]:
    received = Q(received_at__gte=asked.since, received_at__lt=asked.until)
    closed = Q(state=IncidentState.CLOSED, closed_at__gte=asked.since, closed_at__lt=asked.until)
    rows = cases_in(cases_for(user), asked.edition).filter(received | closed)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    told: QuerySet[Any] = rows.annotate(in_received=_flag(received), in_closed=_flag(closed))
    return told


def _flag(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _read(
    rows: QuerySet[Any], asked: Asked, now: datetime, channels: Sequence[str],
    persons: set[int] | None,
) -> list[Told]:  # fmt: skip
    """One statement for every row and the whole."""
    flags, given = flags_sql(
        rows, "unit_id", "told_grid", "in_received", "in_closed", now=now, public_channels=channels
    )
    key = _KEYS[asked.by]
    shares = ", ".join(
        f"count(*) FILTER (WHERE in_received AND ({one.among}) AND ({one.counted})), "
        f"count(*) FILTER (WHERE in_received AND ({one.among}))"
        for one in INDICATORS
    )
    # No value of a request is in the text: it is put together from the names above.
    statement = f"""
        WITH {flags}
        SELECT {key}, {_NAMES.get(asked.by, "NULL")}, GROUPING({key}),
          count(*) FILTER (WHERE in_received), count(*) FILTER (WHERE in_closed),
          count(s.score) FILTER (WHERE in_closed), avg(s.score) FILTER (WHERE in_closed),
          coalesce(var_samp(s.score) FILTER (WHERE in_closed), 0),
          avg(s.responsiveness) FILTER (WHERE in_closed), avg(s.closure) FILTER (WHERE in_closed),
          avg(s.satisfaction) FILTER (WHERE in_closed), {shares}
        FROM flags LEFT JOIN incidents_casescore s ON s.incident_id = flags.id AND s.counts
        LEFT JOIN grids_grid g ON g.id = flags.told_grid
        LEFT JOIN grids_region r ON r.id = g.region_id
        LEFT JOIN grids_region p ON p.id = r.parent_id
        WHERE %s OR s.person_id = ANY(%s)
        GROUP BY GROUPING SETS (({key}), ())
    """  # noqa: S608
    only = persons is None, list(persons or ())
    with connection.cursor() as cursor:
        cursor.execute(statement, (*given, *only))
        return [_told(row) for row in cursor.fetchall()]


def _told(row: tuple[Any, ...]) -> Told:
    key, name, is_whole, cases, closed, scored, mean, variance, *rest = row
    parts = dict(zip(("responsiveness", "closure", "satisfaction"), rest[:3], strict=True))
    numbers = rest[3:]
    return Told(
        key=_ALL if is_whole else "" if key is None else str(key),
        name=name or "",
        cases=cases,
        closed=closed,
        scored=scored,
        score=None if mean is None else float(mean),
        variance=float(variance),
        parts={part: None if one is None else float(one) for part, one in parts.items()},
        indicators={
            one.name: (numbers[2 * k], numbers[2 * k + 1]) for k, one in enumerate(INDICATORS)
        },
    )


def _name(rows: list[Told], asked: Asked) -> None:
    """Units by their codes and names, persons by theirs; what has no key by why."""
    if asked.by == "unit":
        units = {str(one.pk): one for one in Unit.objects.filter(place=asked.edition.place)}
        for row in rows:
            if row.key:
                row.key, row.name = units[row.key].code, units[row.key].name
    elif asked.by == "person":
        people = User.objects.in_bulk([int(row.key) for row in rows if row.key])
        for row in rows:
            if row.key:
                row.name = str(people[int(row.key)])
    for row in rows:
        if not row.key:
            row.name = {
                "unit": _("未派单位（待派或网格员自处理）"),
                "person": _("尚无处置人"),
            }.get(asked.by, _("未落入网格"))


def _place(rows: list[Told], minimum: int) -> None:
    """Give each its standing and put them in order; what nobody answers for is not ranked."""
    named = [row for row in rows if row.key]
    means = [Mean(row.scored, row.score or 0.0, row.variance) for row in named]
    for row, standing in zip(named, placed(means, minimum), strict=True):
        row.standing = standing
    rows.sort(key=_order)


def _order(row: Told) -> tuple[Any, ...]:
    standing = row.standing
    rank = standing.rank if standing else None
    low = standing.low if standing else -1.0
    return (rank is None, rank or 0, not row.key, -low, row.key)


def _link(row: Told, asked: Asked) -> None:
    row.href = list_href(row, asked, closed=True)
    row.cases_href = list_href(row, asked)


def list_href(row: Told, asked: Asked, *, closed: bool = False, indicator: str = "") -> str:
    """The address of the list behind a figure of a row: closed in the period, or received in it."""
    spans = ("closed_from", "closed_to") if closed else ("from", "to")
    query = dict(zip(spans, (asked.since.isoformat(), asked.until.isoformat()), strict=True))
    if row.key != _ALL:
        query |= {_LIST[asked.by]: row.key} if row.key else _nobody(asked.by)
    more = {
        "kind": asked.kind, "indicator": indicator, "place": asked.place,
        "edition": asked.edition_name,
    }  # fmt: skip
    query |= {name: value for name, value in more.items() if value}
    return f"{reverse('cases')}?{urlencode(query)}"


def _nobody(by: str) -> dict[str, str]:
    return {_LIST[by]: "none"} if by in ("unit", "person") else {"placed": "no"}


def share(row: Told, indicator: Indicator, asked: Asked) -> dict[str, Any]:
    """An indicator of a row: its counts, the share, Wilson's interval, and the two lists."""
    counted, among = row.indicators[indicator.name]
    low, high = wilson(counted, among)
    return {
        "label": str(indicator.label),
        "numerator": counted,
        "denominator": among,
        "share": counted / among if among else None,
        "interval": [float(low), float(high)] if among else None,
        "href": list_href(row, asked, indicator=indicator.name),
        "rest_href": list_href(row, asked, indicator=NOT + indicator.name),
    }
