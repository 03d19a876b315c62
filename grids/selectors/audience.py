"""Who is told of what happens: keys of ground, the same that `for_user` of a case looks at.

    place:370212   region:370212/370212005   grid:370212/370212005019009   unit:370212/zhzf

News carries the keys of all ground it lies on and of the units it concerns; a viewer holds those of
the ground they see and of their units, and is told when one is in both. The place is part of each
key, since other places may number alike.
"""

from collections.abc import Iterable
from datetime import datetime

from grids.choices import WHOLE_PLACE, EditionState
from grids.models import Place, Post, Unit, User

__all__ = ["audience_for", "audience_of"]


def audience_for(
    place: Place,
    *,
    regions: Iterable[str] = (),
    grid: str | None = None,
    units: Iterable[str] = (),
) -> frozenset[str]:
    """Keys of news that lies in `grid` and `regions` (codes of the edition in force) of `place` and
    concerns `units`; where no grid holds it, those of the place and the units.
    """
    keys = {f"place:{place.code}"} | {_region(place, code) for code in regions}
    keys |= {_unit(place, code) for code in units}
    return frozenset(keys | {_grid(place, grid)} if grid is not None else keys)


def audience_of(user: User, place: Place, *, at: datetime) -> frozenset[str]:
    """Keys of the ground in `place` that `user` sees at `at`."""
    whole = frozenset({f"place:{place.code}"})
    if user.is_superuser:
        return whole
    if user.place_id != place.pk:
        return frozenset()
    posts = list(
        Post.objects.held_by(user).at(at).select_related("region", "grid__edition", "unit")
    )
    if any(post.role in WHOLE_PLACE for post in posts):
        return whole
    regions = {_region(place, post.region.code) for post in posts if post.region is not None}
    # News lies in the edition in force; a grid of another one may have the same code elsewhere.
    grids = {
        _grid(place, post.grid.code)
        for post in posts
        if post.grid is not None and post.grid.edition.state == EditionState.IN_FORCE
    }
    units = {_unit(place, post.unit.code) for post in posts if post.unit is not None}
    return frozenset(regions | grids | units | _offices(place, posts))


def _offices(place: Place, posts: Iterable[Post]) -> set[str]:
    """The office of a region acts through those who hold a post on the region."""
    codes = {post.region.code for post in posts if post.region is not None}
    rows = Unit.objects.filter(place=place, region_code__in=codes) if codes else ()
    return {_unit(place, one.code) for one in rows}


def _region(place: Place, code: str) -> str:
    return f"region:{place.code}/{code}"


def _grid(place: Place, code: str) -> str:
    return f"grid:{place.code}/{code}"


def _unit(place: Place, code: str) -> str:
    return f"unit:{place.code}/{code}"
