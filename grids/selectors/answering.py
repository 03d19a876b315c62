"""Who answers for a piece of ground. Somebody always does, and the reason is told.

The ladder: the grid's worker; on leave, who covers; a deputy, then a part-timer; the grid head; the
community's office; the subdistrict's office; the governance centre. Terms after GB/T 34300.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from grids.choices import PostKind, Role, UnitKind
from grids.models import Grid, Leave, Place, Post, Region, Unit


@dataclass(frozen=True)
class Answer:
    """Who answers: a name, in which role, and why this one (in both languages)."""

    name: str
    role: str
    why_zh: str
    why_en: str

    @property
    def why(self) -> str:
        """The reason in the language of the request, Chinese unless English is asked for."""
        return self.why_en if (get_language() or "").startswith("en") else self.why_zh


@dataclass(frozen=True)
class Ground:
    """What is answered for: a grid, or only regions, or nothing but a place."""

    grid_id: int | None = None
    region_codes: tuple[str, ...] = ()


_KIND_ORDER = {
    PostKind.PRINCIPAL: 0,
    PostKind.COVER: 1,
    PostKind.DEPUTY: 2,
    PostKind.PART_TIME: 3,
}
_STANDING_IN = {
    PostKind.COVER: ("代班", "covers"),
    PostKind.DEPUTY: ("作为副岗负责", "answers as deputy"),
    PostKind.PART_TIME: ("作为兼职网格员负责", "answers as part-time worker"),
}
_OFFICES = {
    UnitKind.COMMUNITY_OFFICE: (Role.COMMUNITY, "社区", "community"),
    UnitKind.SUBDISTRICT_OFFICE: (Role.SUBDISTRICT, "街道", "subdistrict"),
}


class AnswerBook:
    """The posts and offices of a place at one instant: two queries for any number of grids."""

    def __init__(self, place: Place, grid_ids: Iterable[int], at: datetime) -> None:
        self._place = place
        self._posts: dict[int, list[Post]] = defaultdict(list)
        away = Leave.objects.filter(user=OuterRef("user"), during__contains=at)
        posts = (
            Post.objects.at(at)
            .filter(grid__in=set(grid_ids), role__in=[Role.WORKER, Role.GRID_HEAD])
            .filter(user__is_active=True)
            .select_related("user")
            .annotate(on_leave=Exists(away))
            .order_by("pk")
        )
        for post in posts:
            self._posts[post.grid_id].append(post)
        units = Unit.objects.filter(place=place).filter(
            Q(kind=UnitKind.CENTRE) | Q(kind__in=list(_OFFICES))
        )
        self._offices = {(unit.kind, unit.region_code): unit for unit in units if unit.region_code}
        self._centre = next((unit for unit in units if unit.kind == UnitKind.CENTRE), None)
        self._told: dict[Ground, list[Answer]] = {}

    def of(self, ground: Ground) -> list[Answer]:
        """Who answers for `ground`, first the one who does, then who would; never empty."""
        if ground not in self._told:
            self._told[ground] = self._find(ground)
        return self._told[ground]

    def _find(self, ground: Ground) -> list[Answer]:
        answers = []
        state = ("", "")
        if ground.grid_id is not None:
            posts = self._posts[ground.grid_id]
            state = _absence(posts)
            answers += _workers(posts, state) + _heads(posts, state)
            if answers:
                state = ("", "")
        elif not ground.region_codes:
            state = ("不在任何网格或社区内，", "Outside every grid and community, ")
        return answers + self._office_answers(ground.region_codes, state)

    def _office_answers(self, codes: tuple[str, ...], state: tuple[str, str]) -> list[Answer]:
        answers = []
        for kind, (role, zh, en) in _OFFICES.items():
            unit = next((self._offices[kind, c] for c in codes if (kind, c) in self._offices), None)
            if unit is not None:
                why_zh = f"{state[0]}由所在{zh}负责"
                answers.append(Answer(unit.name, role, why_zh, f"{state[1]}the {en} answers"))
        name = self._centre.name if self._centre else f"{self._place.name}社会治理中心"
        zh, en = f"{state[0]}由社会治理中心兜底", f"{state[1]}the governance centre answers"
        return [*answers, Answer(name, Role.CENTRE, zh, en)]


def answers(
    ground: Grid | Region | Place, at: datetime, *, place: Place | None = None
) -> list[Answer]:
    """Who answers for a grid, a region or (outside both) a place at `at`; never empty.

    The first answers; the others follow in order should those before them not.
    """
    if isinstance(ground, Place):
        return AnswerBook(ground, [], at).of(Ground())
    place = place or ground.edition.place
    region = ground.region if isinstance(ground, Grid) else ground
    grid_id = ground.pk if isinstance(ground, Grid) else None
    book = AnswerBook(place, [] if grid_id is None else [grid_id], at)
    return book.of(Ground(grid_id, region_codes(region)))


def region_codes(region: Region | None) -> tuple[str, ...]:
    """The codes of a region and of the one above it."""
    if region is None:
        return ()
    return (region.code,) if region.parent is None else (region.code, region.parent.code)


def _away(post: Post) -> bool:
    """Whether the holder is on leave; annotated by `AnswerBook`."""
    return bool(vars(post)["on_leave"])


def _absence(posts: list[Post]) -> tuple[str, str]:
    """Why the principal worker does not answer, as the start of a sentence; blank if they do."""
    principal = next(
        (p for p in posts if p.role == Role.WORKER and p.kind == PostKind.PRINCIPAL), None
    )
    if principal is None:
        return "网格员空缺，", "No worker is posted, "
    if _away(principal):
        return f"网格员{principal.user}请假，", f"The worker {principal.user} is on leave, "
    return "", ""


def _workers(posts: list[Post], state: tuple[str, str]) -> list[Answer]:
    found = []
    present = [post for post in posts if post.role == Role.WORKER and not _away(post)]
    for post in sorted(present, key=lambda post: _KIND_ORDER[PostKind(post.kind)]):
        name = str(post.user)
        if post.kind == PostKind.PRINCIPAL:
            found.append(Answer(name, Role.WORKER, "本网格的网格员", "The worker of this grid"))
            continue
        zh, en = _STANDING_IN[PostKind(post.kind)]
        found.append(Answer(name, Role.WORKER, f"{state[0]}由{name}{zh}", f"{state[1]}{name} {en}"))
    return found


def _heads(posts: list[Post], state: tuple[str, str]) -> list[Answer]:
    present = [post for post in posts if post.role == Role.GRID_HEAD and not _away(post)]
    return [
        Answer(
            str(post.user),
            Role.GRID_HEAD,
            f"{state[0]}由网格长{post.user}负责",
            f"{state[1]}the grid head {post.user} answers",
        )
        for post in sorted(present, key=lambda post: _KIND_ORDER[PostKind(post.kind)])
    ]
