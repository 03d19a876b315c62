"""Cases of each grid, with the rate that makes a small village and a tower comparable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from grids.models import Edition, Grid
from maps.classes import Classes

__all__ = ["FEWEST_PEOPLE", "Counts", "GridCount", "counts_of", "quantile_edges"]

FEWEST_PEOPLE = 100  # a rate over fewer people says nothing
CLASSES = 6


@dataclass(frozen=True, slots=True)
class GridCount:
    """`rate`: cases for 1,000 people; None where too few live there to say."""

    code: str
    count: int
    people: int | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Grids with cases, in order of code; `nowhere` counts the cases that lie in none."""

    grids: list[GridCount]
    nowhere: int


def counts_of(rows: QuerySet[Any], edition: Edition) -> Counts:
    """Count `rows` (of `cases_asked`) by their grid in `edition`."""
    found = rows.order_by().values("told_grid").annotate(n=Count("pk"))
    by_grid = {row["told_grid"]: row["n"] for row in found}
    grids = Grid.objects.of(edition).filter(pk__in=[key for key in by_grid if key is not None])
    counted = [
        GridCount(code, by_grid[pk], people, _rate(by_grid[pk], people))
        for pk, code, people in grids.order_by("code").values_list("pk", "code", "people")
    ]
    return Counts(counted, sum(by_grid.values()) - sum(one.count for one in counted))


def _rate(count: int, people: int | None) -> float | None:
    if people is None or people < FEWEST_PEOPLE:
        return None
    return round(1000.0 * count / people, 4)


def quantile_edges(values: Iterable[float | None], *, places: int) -> list[float]:
    """Where classes of about equal size begin, ascending; equal values never part."""
    return [step.low for step in Classes.of(values, [""] * CLASSES, places=places).steps]
