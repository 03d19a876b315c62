"""Who acts in the demonstration: the people who hold the posts, as cases ask for them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from grids.choices import PostKind, Role
from grids.models import Place, Post
from incidents.workflow.office import Office
from incidents.workflow.standing import Standing, standing_from

__all__ = ["Cast"]


class Cast:
    """The people of a place at an instant, by the ground or the unit that they answer for."""

    def __init__(self, place: Place, office: Office, at: datetime) -> None:
        rows = list(
            Post.objects.at(at)
            .filter(user__place=place, user__is_active=True)
            .select_related("user", "region")
            .defer("region__geometry")
            .order_by("pk")
        )
        held: dict[int, list[Post]] = defaultdict(list)
        for row in rows:
            held[row.user_id].append(row)
        self._office = office
        standings = {pk: _standing(posts) for pk, posts in held.items()}
        self._grids: dict[int, Standing] = {}
        self._regions: dict[str, Standing] = {}
        self._units: dict[int, Standing] = {}
        self._centre: Standing | None = None
        for row in sorted(rows, key=lambda one: one.kind != PostKind.PRINCIPAL):
            one = standings[row.user_id]
            if row.grid_id is not None and row.role == Role.WORKER:
                self._grids.setdefault(row.grid_id, one)
            elif row.region is not None:
                self._regions.setdefault(row.region.code, one)
            elif row.role == Role.HANDLER and row.unit_id is not None:
                self._units.setdefault(row.unit_id, one)
            elif row.role == Role.CENTRE:
                self._centre = self._centre or one

    def worker(self, grid: int | None) -> Standing | None:
        """The worker of a grid; None where it is vacant."""
        return self._grids.get(grid) if grid is not None else None

    def staff(self, region: str) -> Standing | None:
        """Who sits in the office of a region."""
        return self._regions.get(region)

    @property
    def centre(self) -> Standing:
        """A dispatcher of the centre. Raises `LookupError` where there is none."""
        if self._centre is None:
            raise LookupError("no dispatcher of the centre")
        return self._centre

    def of_unit(self, unit_id: int) -> Standing | None:
        """Who acts for a unit: its handler, or the staff of its region."""
        unit = self._office.units_by_id[unit_id]
        return self._units.get(unit_id) or self._regions.get(unit.region_code)


def _standing(posts: list[Post]) -> Standing:
    return standing_from(
        posts[0].user,
        (
            (post.role, post.region.code if post.region else None, post.grid_id, post.unit_id)
            for post in posts
        ),
    )
