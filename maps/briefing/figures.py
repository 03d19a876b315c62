"""The figures of a briefing: each a count of rows, beside that of the period before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from incidents.choices import Kind
from maps.briefing.frozen import Frozen, Row
from maps.counts import FEWEST_PEOPLE

TOP_CATEGORIES, TOP_GRIDS = 8, 10


@dataclass(frozen=True)
class Compared:
    """A number now and in the period before."""

    code: str
    now: int
    before: int

    @property
    def change(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Day:
    day: date
    now: int
    before: int | None


@dataclass(frozen=True)
class Figures:
    received: Compared
    grids_concerned: Compared
    unplaced: Compared
    people: int
    rate: float | None
    rate_before: float | None
    busiest: Compared
    busiest_day: date | None
    kinds: list[Compared]
    channels: list[Compared]
    categories: list[Compared]
    grids: list[Compared]
    subdistricts: list[Compared]
    days: list[Day]
    per_grid: dict[str, Compared]

    def rate_of(self, code: str, people: int | None) -> float | None:
        """Reports per 1,000 people of a grid, or None where too few live there to say."""
        if people is None or people < FEWEST_PEOPLE:
            return None
        return 1000.0 * self.per_grid[code].now / people


def figures_of(frozen: Frozen) -> Figures:
    """Count the rows of `frozen`."""
    rows, before = frozen.rows, frozen.rows_before
    days, days_before = frozen.period.days, frozen.period.before().days
    by_day, by_day_before = _counted(rows, _day), _counted(before, _day)
    top = max(days, key=lambda day: (by_day[str(day)], -day.toordinal()))
    people = sum(grid.people or 0 for grid in frozen.grids.values())
    grids = _compared(rows, before, lambda row: row.grid, frozen.grids)
    return Figures(
        received=Compared("received", len(rows), len(before)),
        grids_concerned=Compared(
            "grids", sum(1 for one in grids if one.now), sum(1 for one in grids if one.before)
        ),
        unplaced=Compared(
            "unplaced", sum(not row.grid for row in rows), sum(not row.grid for row in before)
        ),
        people=people,
        rate=1000.0 * len(rows) / people if people else None,
        rate_before=1000.0 * len(before) / people if people else None,
        busiest=Compared("busiest", by_day[str(top)], max(by_day_before.values(), default=0)),
        busiest_day=top if rows else None,
        kinds=_compared(rows, before, lambda row: row.kind, Kind.values, ranked=False),
        channels=_compared(rows, before, lambda row: row.channel),
        categories=_compared(rows, before, lambda row: row.category)[:TOP_CATEGORIES],
        grids=[one for one in grids if one.now][:TOP_GRIDS],
        subdistricts=_compared(
            rows,
            before,
            lambda row: frozen.grids[row.grid].subdistrict if row.grid else "",
            frozen.subdistricts,
        ),
        days=[
            Day(day, by_day[str(day)], None if old is None else by_day_before[str(old)])
            for day, old in zip_longest(days, days_before[: len(days)])
        ],
        per_grid={one.code: one for one in grids},
    )


def _day(row: Row) -> str:
    return str(row.day)


def _counted(rows: list[Row], key: Callable[[Row], str]) -> Counter[str]:
    return Counter(key(row) for row in rows)


def _compared(
    rows: list[Row],
    before: list[Row],
    key: Callable[[Row], str],
    known: Iterable[str] = (),
    *,
    ranked: bool = True,
) -> list[Compared]:
    """Count by `key`, without the rows that have none; all of `known` are there, even at zero."""
    now, then = _counted(rows, key), _counted(before, key)
    codes = dict.fromkeys([*known, *sorted({*now, *then})])
    counted = [Compared(code, now[code], then[code]) for code in codes if code]
    if ranked:
        counted.sort(key=lambda one: (-one.now, -one.before, one.code))
    return counted
