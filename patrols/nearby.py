"""What happened near a point lately, asked of whoever knows: rooms above register here.

Patrols may not know what a case is, and cases are what makes a place worth a look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from grids.models import Place, User

__all__ = ["Counter", "Point", "count_near", "register"]

Point = tuple[float, float]


class Counter(Protocol):
    """Counts for each point (lon, lat; WGS-84 degrees) what lies within `within_m` of it.

    Only what came since `since`, and what `viewer` may see.
    """

    def __call__(
        self,
        *,
        viewer: User,
        place: Place,
        points: Sequence[Point],
        within_m: float,
        since: datetime,
    ) -> list[int]: ...


_counters: dict[str, Counter] = {}


def register(name: str, counter: Counter) -> None:
    """Have `counter` asked; the same name again replaces the one before."""
    _counters[name] = counter


def count_near(
    *, viewer: User, place: Place, points: Sequence[Point], within_m: float, since: datetime
) -> list[int]:
    """The sum of all that is registered, for each point."""
    told = [
        count(viewer=viewer, place=place, points=points, within_m=within_m, since=since)
        for count in _counters.values()
    ]
    return [sum(counts) for counts in zip(*told, strict=True)] if told else [0] * len(points)
