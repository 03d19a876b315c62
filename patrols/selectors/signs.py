"""What an alert is derived from: a sign for each worker to whom a condition applies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grids.choices import PostKind, Role
from grids.models import Place, Post
from patrols.choices import Closing

__all__ = ["Found", "Sign", "first_grids"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A condition holds for `worker` (key) at `at`; `lon`, `lat` WGS-84 degrees of the last fix.

    One that `goes_on` was only asked whether it still holds: it opens nothing.
    """

    worker: int
    shift: int | None = None
    at: datetime
    lon: float | None = None
    lat: float | None = None
    facts: dict[str, Any]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The signs of one kind by worker, and of whom it is known that nothing is the matter."""

    signs: dict[int, Sign] = field(default_factory=dict)
    over: dict[int, Closing] = field(default_factory=dict)


def first_grids(place: Place, now: datetime) -> dict[int, int]:
    """The grid of each worker of `place`: that of the principal post, else the first by code."""
    posts = Post.objects.at(now).filter(user__place=place, role=Role.WORKER, grid__isnull=False)
    rows = list(posts.values_list("kind", "grid__code", "user", "grid"))
    rows.sort(key=lambda row: (row[0] != PostKind.PRINCIPAL, row[1]))
    grids: dict[int, int] = {}
    for _, _, user, grid in rows:
        grids.setdefault(user, grid)
    return grids
