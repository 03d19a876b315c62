"""From rows of text to people and posts, with every row's faults named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from psycopg.types.range import TimestamptzRange

from grids.choices import PostKind, Role
from grids.imports.staff.sheet import Row
from grids.models import Edition, Grid, Leave, Place, Post, Region, Unit, User

__all__ = ["Fault", "Plan", "plan_posts"]

_SCOPE = {
    Role.WORKER: "grid",
    Role.GRID_HEAD: "grid",
    Role.SUBDISTRICT: "region",
    Role.COMMUNITY: "region",
}
_Choice = TypeVar("_Choice", Role, PostKind)
# Number of the row (0 for what is in the database), whose it is, when.
_Span = tuple[int, tuple[object, ...], TimestamptzRange]
_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, in which column, and what to do."""

    row: int
    column: str
    message: str


@dataclass
class Plan:
    """People, posts and leaves to be written, and the faults that forbid it."""

    users: dict[str, User] = field(default_factory=dict)
    posts: list[tuple[int, Post]] = field(default_factory=list)
    leaves: list[tuple[int, Leave]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class _Bad(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def plan_posts(rows: Sequence[Row], *, place: Place, edition: Edition) -> Plan:
    """Make posts of `rows` in `edition`, with everything that would be refused named.

    People who are known by their username keep their account; new ones cannot sign in until
    somebody sets a password.
    """
    planner = _Planner(place, edition)
    for row in rows:
        planner.take(row)
    planner.compare()
    return planner.plan


class _Planner:
    def __init__(self, place: Place, edition: Edition) -> None:
        self.plan = Plan()
        self._place = place
        self._zone = ZoneInfo(place.time_zone)
        self._known = {user.username: user for user in User.objects.all()}
        self._scopes = {
            "grid": {grid.code: grid for grid in Grid.objects.of(edition).defer("geometry")},
            "region": {row.code: row for row in Region.objects.of(edition).defer("geometry")},
            "unit": {unit.code: unit for unit in Unit.objects.filter(place=place)},
        }

    def take(self, row: Row) -> None:
        """Plan one row, or note its faults."""
        for column in row.formulas:
            self._fault(row, column, "单元格是公式，请改为值 (a formula: give the value)")
        if row.formulas:
            return
        try:
            user = self._user(row)
            self.plan.posts.append((row.number, self._post(row, user)))
            leave = self._leave(row, user)
            if leave is not None:
                self.plan.leaves.append((row.number, leave))
        except _Bad as bad:
            self._fault(row, bad.column, str(bad))

    def _fault(self, row: Row, column: str, message: str) -> None:
        self.plan.faults.append(Fault(row.number, column, message))

    def _user(self, row: Row) -> User:
        name = row["username"]
        if name in self.plan.users:
            return self.plan.users[name]
        user = self._known.get(name)
        if user is None:
            user = User(username=name, full_name=row["full_name"], place=self._place)
            user.set_unusable_password()
            try:
                user.clean_fields(exclude=["password", "place"])
            except ValidationError as error:
                column = next(iter(error.message_dict))
                raise _Bad(column, "；".join(error.message_dict[column])) from None
        elif user.place_id not in (None, self._place.pk):
            raise _Bad("username", f"{name} 属于另一地区 (belongs to another place)")
        self.plan.users[name] = user
        return user

    def _post(self, row: Row, user: User) -> Post:
        role = _choice(row["role"], Role, "role")
        scope = _SCOPE.get(role, "unit")
        given = [column for column in ("grid", "region", "unit") if row[column]]
        if given != [scope]:
            raise _Bad(
                scope,
                f"{role.label}须且只须填写 {scope} 列"
                f"，现填了 {'、'.join(given) or '空'} (needs {scope} and nothing else)",
            )
        target = self._scopes[scope].get(row[scope])
        if target is None:
            raise _Bad(scope, f"没有代码为 {row[scope]} 的{scope} (no such {scope})")
        kind = _choice(row["kind"], PostKind, "kind") if row["kind"] else PostKind.PRINCIPAL
        if len(row["note"]) > 200:
            raise _Bad("note", "备注超过 200 字 (longer than 200 characters)")
        return Post(
            user=user,
            role=role,
            kind=kind,
            during=self._time(row, "from", "until"),
            note=row["note"],
            **{scope: target},
        )

    def _leave(self, row: Row, user: User) -> Leave | None:
        if not row["leave_from"] and not row["leave_until"]:
            return None
        if not row["leave_from"]:
            raise _Bad("leave_from", "有结束没有开始 (an end without a start)")
        if len(row["leave_reason"]) > 80:
            raise _Bad("leave_reason", "请假事由超过 80 字 (longer than 80 characters)")
        during = self._time(row, "leave_from", "leave_until")
        return Leave(user=user, during=during, reason=row["leave_reason"])

    def _time(self, row: Row, start: str, end: str) -> TimestamptzRange:
        begins = self._instant(row, start)
        if begins is None:
            raise _Bad(start, "没有开始日期 (no start)")
        ends = self._instant(row, end, inclusive=True)
        if ends is not None and ends <= begins:
            raise _Bad(end, "结束早于开始 (ends before it starts)")
        return TimestamptzRange(begins, ends)

    def _instant(self, row: Row, column: str, *, inclusive: bool = False) -> datetime | None:
        """A local date (an end date is still worked) or date and time."""
        text = row[column].replace("/", "-")
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise _Bad(column, f"{row[column]!r} 不是日期，例如 2026-03-01 (not a date)") from None
        if inclusive and len(text) <= 10:
            at += timedelta(days=1)
        return at if at.tzinfo else at.replace(tzinfo=self._zone)

    def compare(self) -> None:
        """Name what exclusion constraints would refuse: two principals or leaves at a time."""
        principals: list[_Span] = [
            (number, (post.grid_id, post.role), post.during)
            for number, post in self.plan.posts
            if post.kind == PostKind.PRINCIPAL and post.grid_id
        ]
        grids = {key[0] for _number, key, _during in principals}
        standing = Post.objects.principal().filter(grid__in=grids)
        held: list[_Span] = [(0, (p.grid_id, p.role), p.during) for p in standing]
        self._clashes(
            held + principals, "grid", "同一网格同一时间已有主责 (two principals at a time)"
        )
        away: list[_Span] = [
            (number, (leave.user.username,), leave.during) for number, leave in self.plan.leaves
        ]
        known = Leave.objects.filter(user__username__in=[key[0] for _n, key, _d in away])
        taken: list[_Span] = [
            (0, (leave.user.username,), leave.during) for leave in known.select_related("user")
        ]
        self._clashes(taken + away, "leave_from", "同一人请假重叠 (leaves overlap)")

    def _clashes(self, spans: list[_Span], column: str, said: str) -> None:
        latest: dict[tuple[object, ...], tuple[datetime, int]] = {}
        for number, key, during in sorted(spans, key=lambda span: (span[2].lower, span[0])):
            before = latest.get(key)
            # `_time` gives every span a start; only its end may be open.
            if before is not None and cast(datetime, during.lower) < before[0]:
                other = f"第 {before[1]} 行" if number and before[1] else "库中已有的 (standing)"
                row = number or before[1]
                self.plan.faults.append(Fault(row, column, f"与{other}冲突：{said}"))
            upper = during.upper
            ends = _END if upper is None else upper
            if before is None or ends > before[0]:
                latest[key] = (ends, number)


def _choice(text: str, choices: type[_Choice], column: str) -> _Choice:
    for choice in choices:
        if text in (choice.value, str(choice.label)):
            return choice
    names = "、".join(f"{choice.value}（{choice.label}）" for choice in choices)
    raise _Bad(column, f"{text!r} 不在 {names} 之中 (unknown)")
