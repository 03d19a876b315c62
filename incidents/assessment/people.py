"""Who stands where in the assessment: who issues, who answers for which units and persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from grids.choices import Role, UnitKind
from grids.models import Post, Unit
from grids.querysets import Viewer

__all__ = ["Seats", "persons_of", "seats_of"]

_OFFICES = {
    Role.COMMUNITY.value: UnitKind.COMMUNITY_OFFICE,
    Role.SUBDISTRICT.value: UnitKind.SUBDISTRICT_OFFICE,
}
# Who answers for everybody of the place; a planner and an administrator see it, but lead nobody.
_LEADING = {Role.CENTRE.value, Role.LEADER.value}


@dataclass(frozen=True, slots=True)
class Seats:
    """What somebody holds: `is_issuing` may issue notices, `is_deciding` decides of appeals."""

    roles: frozenset[str]
    units: frozenset[int]
    regions: frozenset[str]
    is_superuser: bool

    @property
    def is_issuing(self) -> bool:
        return self.is_superuser or bool(self.roles & _LEADING)

    @property
    def is_deciding(self) -> bool:
        return self.is_superuser or Role.CENTRE in self.roles

    @property
    def sees_all(self) -> bool:
        return self.is_issuing or Role.ADMIN in self.roles


def seats_of(user: Viewer, at: datetime | None = None) -> Seats:
    """What `user` holds at `at` (now): two queries."""
    posts = list(
        Post.objects.held_by(user).at(at or timezone.now()).select_related("region")
        .defer("region__geometry")
    )  # fmt: skip
    offices = Q(pk__in=[])
    for post in posts:
        if post.region is not None and post.role in _OFFICES:
            offices |= Q(kind=_OFFICES[post.role], region_code=post.region.code)
    units = set(Unit.objects.filter(offices, place=user.place_id).values_list("pk", flat=True))
    units |= {post.unit_id for post in posts if post.role == Role.HANDLER}
    return Seats(
        roles=frozenset(post.role for post in posts),
        units=frozenset(key for key in units if key is not None),
        regions=frozenset(post.region.code for post in posts if post.region is not None),
        is_superuser=bool(user.is_superuser),
    )


def persons_of(user: Viewer, seats: Seats) -> Any:
    """The keys of the persons whom `user` answers for, themselves included; None means everybody.

    The centre and the leaders answer for all, an office of a region for those who are posted in
    it, anybody else for nobody.
    """
    if seats.is_issuing:
        return None
    found = {user.pk}
    if seats.regions:
        codes = list(seats.regions)
        there = Q(region__code__in=codes) | Q(region__parent__code__in=codes)
        there |= Q(grid__region__code__in=codes) | Q(grid__region__parent__code__in=codes)
        posts = Post.objects.at(timezone.now()).filter(there, user__place=user.place_id)
        found |= set(posts.values_list("user_id", flat=True))
    return found
