"""Posts follow their ground when a new edition comes into force.

A grid whose people mostly stay keeps its code, so a post first looks for its own code. Where that
is gone it goes to the new grid that holds the largest share of the old ground. A second principal
of the same grid becomes its deputy, since a grid has one principal; a post whose ground is gone
ends.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.gis.db.models.functions import Area, Intersection, Transform
from django.contrib.gis.measure import Area as Measure
from django.db.models import F, QuerySet
from psycopg.types.range import TimestamptzRange

from grids.choices import PostKind
from grids.models import Edition, Grid, Post, Region


@dataclass(frozen=True, kw_only=True)
class Move:
    """What became of one post: codes of the old and new ground, and the kind of post it is now."""

    post: int
    old: str
    new: str | None
    kind: str

    def as_record(self) -> dict[str, object]:
        return asdict(self)


def _largest_heir(old: Grid, edition: Edition) -> Grid | None:
    """The grid of `edition` that holds the largest share of the old one's ground, ties by code."""
    shared = Area(Transform(Intersection("geometry", old.geometry), edition.place.srid_m))
    heir: Grid | None = (
        Grid.objects.filter(edition=edition, geometry__intersects=old.geometry)
        .annotate(shared=shared)
        .filter(shared__gt=Measure(sq_m=0))
        .order_by(F("shared").desc(), "code")
        .first()
    )
    return heir


def _free_kind(post: Post, grid: Grid, taken: set[tuple[int, str]]) -> str:
    """A principal stays one unless another of the same role already is on the new grid."""
    if post.kind != PostKind.PRINCIPAL:
        return post.kind
    if (grid.pk, post.role) in taken:
        return PostKind.DEPUTY
    taken.add((grid.pk, post.role))
    return PostKind.PRINCIPAL


def _succeed(post: Post, at: datetime, **target: object) -> None:
    """End `post` at `at` and let its holder go on from there on `target`."""
    start, end = max(post.during.lower or at, at), post.during.upper
    if post.during.lower is not None and post.during.lower >= at:
        post.delete()
    else:
        post.during = TimestamptzRange(post.during.lower, at)
        post.save(update_fields=["during"])
    if target:
        Post.objects.create(
            user=post.user,
            role=post.role,
            note=post.note,
            during=TimestamptzRange(start, end),
            **target,
        )


def _follow(post: Post, old: str, target: Grid | Region | None, kind: str, at: datetime) -> Move:
    """Let `post` go on from `at` on `target`, or end there."""
    if target is None:
        _succeed(post, at)
    else:
        field = "grid" if isinstance(target, Grid) else "region"
        _succeed(post, at, kind=kind, **{field: target})
    return Move(post=post.pk, old=old, new=target.code if target else None, kind=kind)


def _open_posts(at: datetime, **ground: Edition) -> QuerySet[Post]:
    return Post.objects.filter(during__overlap=TimestamptzRange(at, None), **ground)


def move_posts(former: Edition, edition: Edition, *, at: datetime) -> list[Move]:
    """Move every post that is open at `at` or later from `former` to `edition`; what was done."""
    moves: list[Move] = []
    taken: set[tuple[int, str]] = set()
    keeps: dict[str, Grid] = {grid.code: grid for grid in Grid.objects.of(edition)}
    on_grids = _open_posts(at, grid__edition=former).select_related("grid", "user")
    # Posts whose own code lives on go first: they keep the principal's place before any newcomer.
    held = [(post, post.grid) for post in on_grids if post.grid is not None]
    for post, old in sorted(held, key=lambda p: (p[1].code not in keeps, p[1].code, p[0].pk)):
        grid = keeps.get(old.code) or _largest_heir(old, edition)
        kind = _free_kind(post, grid, taken) if grid else post.kind
        moves.append(_follow(post, old.code, grid, kind, at))
    regions = {region.identity: region for region in Region.objects.of(edition)}
    on_regions = _open_posts(at, region__edition=former).select_related("region", "user")
    for post in on_regions.order_by("region__code", "pk"):
        if post.region is not None:
            region = regions.get(post.region.identity)
            moves.append(_follow(post, post.region.code, region, post.kind, at))
    return moves
