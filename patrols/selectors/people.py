"""Whose positions a person may see: those of workers on the ground that the person answers for."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from grids.choices import Role
from grids.models import Place, Post, User
from patrols.selectors.coverage import day_of

__all__ = ["answered_for", "posts_seen_by", "worker_seen_by", "workers_seen_by"]

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
    post = _posts_seen_by(viewer, place, day, now).filter(user__username=username).first()
    return post.user if post else None


def posts_seen_by(viewer: User, place: Place, day: date, now: datetime) -> list[Post]:
    """The posts, by their grids, of the workers whose positions on `day` the viewer may see."""
    posts = _posts_seen_by(viewer, place, day, now).select_related("grid__region")
    return list(posts.defer("grid__geometry", "grid__region__geometry").order_by("grid__code"))


def _posts_seen_by(viewer: User, place: Place, day: date, now: datetime) -> QuerySet[Post]:
    """Posts of workers held on the local `day` on the ground that the viewer answers for `now`."""
    ground = answered_for(viewer, place, now)
    if ground is None:
        return Post.objects.none()
    posts = Post.objects.filter(
        ground, user__place=place, role=Role.WORKER, during__overlap=day_of(place, day)
    )
    return posts.select_related("user")


def workers_seen_by(viewer: User, place: Place, now: datetime) -> dict[int, str] | None:
    """User names, by key, of the workers of `place` whose positions `viewer` may see `now`.

    Those on the ground that the viewer answers for, and the viewer; None when that is nobody at
    all: the viewer neither answers for ground nor is a worker there.
    """
    if viewer.place_id != place.pk:
        return None
    workers = Post.objects.at(now).filter(user__place=place, role=Role.WORKER)
    ground = answered_for(viewer, place, now)
    theirs = workers.filter(ground) if ground is not None else workers.none()
    seen = dict((theirs | workers.held_by(viewer)).values_list("user", "user__username"))
    return seen if seen or ground is not None else None


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
