"""The figures of a day up to a moment, each with the question whose list it counts.

All counts come from one reading of the rows, so that they agree with each other whatever arrives
meanwhile; the list that a figure names asks the same question of the same selector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from grids.choices import RegionLevel
from grids.models import Edition, Grid, Region
from grids.querysets import Viewer
from incidents.choices import Due, IncidentState, Kind, Placed
from incidents.models import Category
from incidents.questions import CaseQuestion, cases_asked
from maps.wall.moment import Moment

__all__ = ["BIN_MINUTES", "Figure", "WallFigures", "figures_at"]

BIN_MINUTES = 10
NEWEST = 6
TOP_CATEGORIES = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, the code it is of, and the query of the list that holds just these cases."""

    code: str
    count: int
    list: str


@dataclass(frozen=True, slots=True)
class WallFigures:
    """`bins` count receipts of each `BIN_MINUTES` from midnight, by kind; `bins_before` all kinds
    of the whole same weekday before. `newest` are keys of cases, the newest first. `states` and
    `due` say how things stand now, and are empty for a moment that is looked back at.
    """

    received: Figure
    before: Figure
    kinds: list[Figure]
    categories: list[tuple[Category, Figure]]
    subdistricts: list[tuple[Region, Figure]]
    unplaced: Figure
    provisional: Figure
    states: list[Figure]
    due: list[Figure]
    bins: dict[str, list[int]]
    bins_before: list[int]
    grids: dict[str, int]
    newest: list[int]


@dataclass(frozen=True, slots=True)
class _Row:
    key: int
    at: datetime
    kind: str
    category: int | None
    grid: int | None
    state: str


def figures_at(user: Viewer, edition: Edition, moment: Moment) -> WallFigures:
    """Count the day of `moment` up to it, as `user` may see it, on the grids of `edition`."""
    week = moment.week_before()
    today, whole_day_before = _rows(user, edition, moment, week)
    before = [row for row in whole_day_before if row.at < week.at]
    grids = _grids(edition)
    link = _Link(edition, moment.day_from, moment.at)
    return WallFigures(
        received=Figure("received", len(today), link()),
        before=Figure("before", len(before), _Link(edition, week.day_from, week.at)()),
        kinds=_counted(Kind.values, (row.kind for row in today), link, "kind"),
        categories=_categories(today, link),
        subdistricts=_subdistricts(edition, today, grids, link),
        unplaced=_waiting(user, edition, moment, Placed.NO),
        provisional=_waiting(user, edition, moment, Placed.PROVISIONAL),
        states=_states(today, link) if moment.is_now else [],
        due=_due(user, edition, moment) if moment.is_now else [],
        bins={kind: _bins([r for r in today if r.kind == kind], moment) for kind in Kind.values},
        bins_before=_bins(whole_day_before, week),
        grids=dict(Counter(grids[row.grid][0] for row in today if row.grid in grids)),
        newest=[row.key for row in sorted(today, key=lambda row: (row.at, row.key))[-NEWEST:]][
            ::-1
        ],
    )


class _Link:
    """Makes the query strings of lists within one stretch of time."""

    def __init__(self, edition: Edition, since: datetime | None, until: datetime) -> None:
        self._fixed = {"place": edition.place.code, "edition": edition.name}
        if since is not None:
            self._fixed["from"] = since.isoformat()
        self._fixed["to"] = until.isoformat()

    def __call__(self, **more: str) -> str:
        return urlencode({**self._fixed, **more})


def _rows(
    user: Viewer, edition: Edition, moment: Moment, week: Moment
) -> tuple[list[_Row], list[_Row]]:
    """What was received on the day so far, and on the whole same weekday before: one statement."""
    during = Q(received_at__gte=moment.day_from, received_at__lt=moment.at)
    during |= Q(received_at__gte=week.day_from, received_at__lt=week.day_until)
    found = cases_asked(user, edition, CaseQuestion()).filter(during).order_by()
    columns = ("pk", "received_at", "kind", "category", "told_grid", "state")
    rows = [_Row(*row) for row in found.values_list(*columns)]
    today = [row for row in rows if row.at >= moment.day_from]
    return today, [row for row in rows if row.at < moment.day_from]


def _grids(edition: Edition) -> dict[int, tuple[str, str]]:
    """Code and subdistrict code of each grid by its key."""
    rows = Grid.objects.of(edition).values_list(
        "pk", "code", "region__level", "region__code", "region__parent__code"
    )
    top = RegionLevel.SUBDISTRICT
    return {
        pk: (code, (own if level == top else above) or "") for pk, code, level, own, above in rows
    }


def _counted(codes: Iterable[str], found: Iterable[str], link: _Link, name: str) -> list[Figure]:
    counts = Counter(found)
    return [Figure(code, counts[code], link(**{name: code})) for code in codes]


def _categories(today: list[_Row], link: _Link) -> list[tuple[Category, Figure]]:
    """The most frequent ones. Several rows of one code are one list, and so one figure."""
    keys = {row.category for row in today if row.category is not None}
    known = {one.pk: one for one in Category.objects.filter(pk__in=keys)}
    counts = Counter(known[row.category].code for row in today if row.category is not None)
    newest = {one.code: one for one in sorted(known.values(), key=lambda one: one.pk)}
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP_CATEGORIES]
    return [(newest[code], Figure(code, n, link(category=code))) for code, n in top]


def _subdistricts(
    edition: Edition, today: list[_Row], grids: dict[int, tuple[str, str]], link: _Link
) -> list[tuple[Region, Figure]]:
    rows = Region.objects.of(edition).filter(level=RegionLevel.SUBDISTRICT).defer("geometry")
    regions = {row.code: row for row in rows}
    found = (grids[row.grid][1] for row in today if row.grid in grids)
    figures = _counted(sorted(regions), found, link, "region")
    figures.sort(key=lambda figure: (-figure.count, figure.code))
    return [(regions[figure.code], figure) for figure in figures]


def _waiting(user: Viewer, edition: Edition, moment: Moment, placed: Placed) -> Figure:
    """What a person must still place or decide, from whatever day."""
    question = CaseQuestion(placed=placed, until=moment.at)
    count = cases_asked(user, edition, question).count()
    return Figure(placed, count, _Link(edition, None, moment.at)(placed=placed.value))


def _states(today: list[_Row], link: _Link) -> list[Figure]:
    """Where the cases of the day stand: to be dispatched, being handled, to be closed, closed."""
    found = Counter(row.state for row in today)
    return [
        Figure(name, sum(found[one] for one in states), link(state=",".join(states)))
        for name, states in _STAGES.items()
    ]


_STAGES = {
    "waiting": (IncidentState.RECEIVED, IncidentState.VERIFIED, IncidentState.FILED),
    "handling": (IncidentState.DISPATCHED, IncidentState.CHECKED_IN, IncidentState.HANDLED),
    "closing": (IncidentState.FED_BACK, IncidentState.INSPECTED),
    "closed": (IncidentState.CLOSED,),
}


def _due(user: Viewer, edition: Edition, moment: Moment) -> list[Figure]:
    """Of all open cases, whenever received: what is overdue, and what falls due today."""
    found = []
    for due in (Due.OVERDUE, Due.TODAY):
        question = CaseQuestion(due=due, now=moment.at, tomorrow=moment.day_until)
        fixed = {"place": edition.place.code, "edition": edition.name, "due": due.value}
        count = cases_asked(user, edition, question).count()
        found.append(Figure(due.value, count, urlencode(fixed)))
    return found


def _bins(rows: Iterable[_Row], moment: Moment) -> list[int]:
    """Counts by local clock time: an hour that the clocks repeat is counted into the same bins."""
    counts: Counter[int] = Counter()
    for row in rows:
        local = row.at.astimezone(moment.zone)
        counts[(local.hour * 60 + local.minute) // BIN_MINUTES] += 1
    return [counts[k] for k in range(24 * 60 // BIN_MINUTES)]


def shown(figure: Figure) -> dict[str, Any]:
    """As the API tells it."""
    return {"code": figure.code, "count": figure.count, "list": figure.list}
