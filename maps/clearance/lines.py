"""Each case that a day owes something to: what became of it by a moment, and with whom it lies.

A figure of the board is a count of these lines, so that it equals the list behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from grids.models import Edition, Grid, Unit
from grids.querysets import Viewer
from incidents.choices import Part, Step, Tier
from incidents.models import Assignment, Clock
from incidents.questions import CaseQuestion, cases_asked
from maps.wall.moment import Moment

__all__ = ["CAME", "DUE", "OPEN", "Day", "Holder", "Line", "lines_of"]

# What can have become of what came in, and of what fell due.
CAME = ("dispatched", "settled", "waiting")
DUE = ("in_time", "late", "overdue", "to_come")
OPEN = ("waiting", "overdue", "to_come")
_EARLY = (Step.VERIFY, Step.FILE, Step.DISPATCH)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day of a place, looked at from a moment; what is not yet is not there."""

    moment: Moment
    day: date

    @property
    def begins(self) -> datetime:
        return self._shifted().day_from

    @property
    def ends(self) -> datetime:
        return self._shifted().day_until

    @property
    def seen_at(self) -> datetime:
        """The end of the day, or the moment that it is looked at from when that is earlier."""
        return min(self.moment.at, self.ends)

    @property
    def is_over(self) -> bool:
        return self.moment.at >= self.ends

    def _shifted(self) -> Moment:
        local = self.moment.at.astimezone(self.moment.zone).replace(tzinfo=None)
        days = self.day - self.moment.day
        return Moment((local + days).replace(tzinfo=self.moment.zone), self.moment.zone, False)


@dataclass(frozen=True, slots=True)
class Holder:
    """With whom a case lies: a unit, or a level that has not dispatched it."""

    code: str
    name: str
    is_unit: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A case on one side of the board. `since` is when it came to its holder; `due_at` is that of
    the clock which is spoken of. `is_late` is what the day should have seen done and did not.
    Of one that the day left open, `lies_with` tells who has it at the moment looked from, and since
    when; None when nobody has to do anything about it any more.
    """

    pk: int
    number: str
    part: str
    holder: Holder
    subdistrict: Holder
    since: datetime
    due_at: datetime | None
    is_late: bool
    lies_with: Holder | None = None
    lies_since: datetime | None = None


def lines_of(user: Viewer, edition: Edition, day: Day) -> list[Line]:
    """The lines of a day, of the cases that `user` may see, the most pressing first."""
    units = {one.pk: one for one in Unit.objects.filter(place=edition.place_id)}
    ground = _Ground()
    lines = [*_came(user, edition, day, units, ground), *_due(user, edition, day, units, ground)]
    left = [one.pk for one in lines if one.part in OPEN]
    lies = _lying(left, day.moment.at, units)
    lines = [
        replace(one, lies_with=lies[one.pk][0], lies_since=lies[one.pk][1])
        if one.part in OPEN and one.pk in lies
        else one
        for one in lines
    ]
    return sorted(lines, key=lambda one: (not one.is_late, one.due_at or day.ends, one.number))


def _lying(
    keys: Sequence[int], at: datetime, units: dict[int, Unit]
) -> dict[int, tuple[Holder, datetime]]:
    """Who has each of the cases at `at`, and since when: the unit that leads, else the level."""
    found: dict[int, tuple[Holder, datetime]] = {}
    clocks = Clock.objects.filter(_running(at), incident__in=keys).exclude(step=Step.CALL_BACK)
    rows = clocks.order_by("-started_at").values_list("incident", "incident__tier", "started_at")
    for pk, tier, started_at in rows:
        found[pk] = (_level(tier), started_at)
    going = Q(until__isnull=True) | Q(until__gt=at)
    leads = Assignment.objects.filter(going, incident__in=keys, part=Part.LEAD, since__lt=at)
    for pk, unit, since in leads.order_by("since").values_list("incident", "unit", "since"):
        found[pk] = (_unit(units[unit]), since)
    return found


class _Ground:
    """Subdistricts of grids, asked for once."""

    def __init__(self) -> None:
        self._known: dict[int, Holder] = {}

    def read(self, grids: Iterable[int | None]) -> None:
        asked = {one for one in grids if one is not None} - self._known.keys()
        rows = Grid.objects.filter(pk__in=asked, region__isnull=False)
        told = rows.values_list("pk", "region__code", "region__name", *_TOP)
        for pk, code, name, top_code, top_name in told:
            self._known[pk] = Holder(top_code or code, top_name or name, False)

    def of(self, grid: int | None) -> Holder:
        return self._known.get(grid or 0) or Holder("", "", False)


_TOP = ("region__parent__code", "region__parent__name")


def _came(
    user: Viewer, edition: Edition, day: Day, units: dict[int, Unit], ground: _Ground
) -> Iterable[Line]:
    asked = CaseQuestion(since=day.begins, until=day.seen_at)
    rows = list(
        cases_asked(user, edition, asked)
        .order_by("received_at", "pk")
        .values("pk", "number", "tier", "told_grid", "received_at")
    )
    keys = [row["pk"] for row in rows]
    ground.read(row["told_grid"] for row in rows)
    leads, waits = _leads(keys, day.seen_at), _waits(keys, day.seen_at)
    for row in rows:
        lead, wait = leads.get(row["pk"]), waits.get(row["pk"])
        part = "dispatched" if lead else "waiting" if wait else "settled"
        is_late = part == "waiting" and (
            day.is_over or (wait is not None and wait.due_at <= day.seen_at)
        )
        yield Line(
            row["pk"],
            row["number"],
            part,
            _unit(units[lead.unit_id]) if lead else _level(row["tier"]),
            ground.of(row["told_grid"]),
            lead.since if lead else wait.started_at if wait else row["received_at"],
            wait.due_at if wait and not lead else None,
            is_late,
        )


def _leads(keys: Sequence[int], at: datetime) -> dict[int, Assignment]:
    """The unit that each case was last sent to before `at`."""
    rows = Assignment.objects.filter(incident__in=keys, part=Part.LEAD, since__lt=at)
    return {row.incident_id: row for row in rows.order_by("since", "pk")}


def _waits(keys: Sequence[int], at: datetime) -> dict[int, Clock]:
    """The clock that ran towards the dispatch of each case at `at`."""
    rows = Clock.objects.filter(_running(at), incident__in=keys, step__in=_EARLY)
    return {row.incident_id: row for row in rows.order_by("pk")}


def _running(at: datetime) -> Q:
    going = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    return going & Q(started_at__lte=at) & (Q(paused_at__isnull=True) | Q(paused_at__gt=at))


def _due(
    user: Viewer, edition: Edition, day: Day, units: dict[int, Unit], ground: _Ground
) -> Iterable[Line]:
    cases = cases_asked(user, edition, CaseQuestion())
    answered = Clock.objects.filter(
        incident=OuterRef("incident"), step=Step.FEED_BACK, started_at=OuterRef("ended_at")
    )
    clocks = list(
        Clock.objects.filter(
            step=Step.HANDLE, due_at__gte=day.begins, due_at__lt=day.ends,
            started_at__lt=day.seen_at, incident__place=edition.place_id,
        )
        .annotate(answered=Exists(answered))
        .order_by("due_at", "pk")
    )  # fmt: skip
    found = cases.filter(pk__in=[clock.incident_id for clock in clocks])
    seen = {row["pk"]: row for row in found.values("pk", "number", "tier", "told_grid")}
    ground.read(row["told_grid"] for row in seen.values())
    for clock in clocks:
        row, part = seen.get(clock.incident_id), _part(clock, day.seen_at)
        if row is not None and part:
            yield _due_line(row, clock, part, units, ground)


def _due_line(
    row: dict[str, Any], clock: Clock, part: str, units: dict[int, Unit], ground: _Ground
) -> Line:
    unit = units.get(clock.unit_id or 0)
    return Line(
        row["pk"],
        row["number"],
        part,
        _unit(unit) if unit else _level(row["tier"]),
        ground.of(row["told_grid"]),
        clock.started_at,
        clock.due_at,
        part in ("late", "overdue"),
    )


def _part(clock: Any, at: datetime) -> str:
    """What became of the handling of a case by `at`; blank where nothing was owed: it was taken
    back in time, or it is suspended.
    """
    if clock.ended_at is not None and clock.ended_at <= at:
        if clock.ended_at > clock.due_at:
            return "late"
        return "in_time" if clock.answered else ""
    if clock.paused_at is not None and clock.paused_at <= at:
        return ""
    return "overdue" if clock.due_at <= at else "to_come"


def _unit(unit: Unit) -> Holder:
    return Holder(unit.code, unit.name, True)


def _level(tier: str) -> Holder:
    return Holder(f"tier:{tier}", str(Tier(tier).label), False)
