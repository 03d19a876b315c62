"""Whose positions a person may see: those of workers on the ground that the person answers for."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from grids.choices import Role
from grids.models import Place, Post, User
from patrols.selectors.coverage import day_of

__all__ = ["answered_for", "worker_seen_by"]

# Who answers for ground, step by step. Whoever plans, leads, handles or administers does not, and a
# superuser is nobody's superior: positions are no setting.
_ANSWERING = [Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY, Role.GRID_HEAD]


def worker_seen_by(
    viewer: User, username: str, place: Place, day: date, now: datetime
) -> User | None:
    """The worker of that name if `viewer`, by the posts held `now`, may see where they were.

    The worker's ground is that of the posts held on the local `day`. Everybody may see their own.
    """
    if len(username) > 150 or "\0" in username:
        return None
    if username == viewer.username:
        return viewer
    since, until = day_of(place, day)
    ground = answered_for(viewer, place, now)
    if ground is None:
        return None
    posts = Post.objects.filter(
        ground,
        user__username=username,
        user__place=place,
        role=Role.WORKER,
        during__overlap=(since, until),
    )
    post = posts.select_related("user").first()
    return post.user if post else None


def answered_for(viewer: User, place: Place, now: datetime) -> Q | None:
    """The question to a worker's post: is it on ground that `viewer` answers for; None without."""
    if viewer.place_id != place.pk:
        return None
    held = Post.objects.held_by(viewer).at(now).filter(role__in=_ANSWERING)
    posts = list(held.select_related("region", "grid"))
    if any(post.role == Role.CENTRE for post in posts):
        return Q(grid__edition__place=place)
    regions = [post.region.code for post in posts if post.region is not None]
    # A code stands for the same ground in every edition that has it.
    codes = [post.grid.code for post in posts if post.grid is not None]
    if not (regions or codes):
        return None
    mine = Q(grid__code__in=codes) | Q(grid__region__code__in=regions)
    return Q(grid__edition__place=place) & (mine | Q(grid__region__parent__code__in=regions))
