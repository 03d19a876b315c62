"""How near, how soon and how alike two cases must be; by category, with a default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from grids.models import Place
from incidents.models import DuplicateRule

__all__ = ["DEFAULT", "Threshold", "Thresholds", "thresholds_of"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The limits and weights for one category. Source of the defaults: what staff of Boston marked
    as duplicates, 93 % within 50 m and 78 % within 30 days.
    """

    distance_m: float = 50.0
    open_for: timedelta = timedelta(days=30)
    closed_for: timedelta = timedelta(days=7)
    least_text: float = 0.0
    least_score: float = 0.1
    weight_distance: float = 0.45
    weight_time: float = 0.2
    weight_text: float = 0.35

    @property
    def longest(self) -> timedelta:
        return max(self.open_for, self.closed_for)


DEFAULT = Threshold()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of a place."""

    by_category: dict[str, Threshold]

    def of(self, category_code: str) -> Threshold:
        """That of a category, else the place's default, else `DEFAULT`."""
        return self.by_category.get(category_code) or self.by_category.get("") or DEFAULT

    @property
    def widest(self) -> Threshold:
        """What no category goes beyond: to ask for all of them at once."""
        rows = [DEFAULT, *self.by_category.values()]
        return Threshold(
            distance_m=max(one.distance_m for one in rows),
            open_for=max(one.open_for for one in rows),
            closed_for=max(one.closed_for for one in rows),
        )


def thresholds_of(place: Place) -> Thresholds:
    """The rules of `place`: one query."""
    return Thresholds(
        {
            row.category_code: Threshold(
                row.distance_m,
                timedelta(days=row.days_open),
                timedelta(days=row.days_closed),
                row.least_text,
                row.least_score,
                row.weight_distance,
                row.weight_time,
                row.weight_text,
            )
            for row in DuplicateRule.objects.filter(place=place)
        }
    )
