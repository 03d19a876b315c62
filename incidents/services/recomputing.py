"""Running clocks counted anew after the calendar was corrected: previewed, then one case at a time.

A clock is counted from its start with the time it was given; what was suspended does not count, and
what was extended is added, both as the history of the case tells. Clocks that stand keep the time
that was left and are counted when they run on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from gis.ledger.models import AuditEvent
from grids.models import Place, User
from incidents.choices import Step
from incidents.models import Clock, Incident
from incidents.services import dockets, news
from incidents.services.chronicle import write_down
from incidents.workflow import clocks
from incidents.workflow.actions import Event
from incidents.workflow.office import Allowance, Office, office_at, office_of

__all__ = ["Moved", "preview_clocks", "recompute_clocks"]

ACTION = "incident.recomputed"
_PAUSES = (Event.SUSPENDED, Event.MERGED)
_RESUMES = (Event.RESUMED, Event.UNMERGED)
_ASKED = [f"incident.{one.value}" for one in (*_PAUSES, *_RESUMES, Event.EXTENDED)]
_AT_ONCE = 500
# Less than this is rounding of a float, not another deadline.
_LEAST_MOVE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock that would be due at another time."""

    number: str
    clock: Clock
    due_at: datetime
    amber_at: datetime

    @property
    def by(self) -> timedelta:
        return self.due_at - self.clock.due_at


def preview_clocks(place: Place) -> list[Moved]:
    """The running clocks of `place` that are not due when its tables say; nothing is changed."""
    office = office_of(place)
    rows = _running().filter(incident__place=place).select_related("incident").order_by("pk")
    rows = rows.defer("incident__position")
    found: list[Moved] = []
    for part in _parts(list(rows)):
        history = _histories([row.incident.number for row in part])
        for row in part:
            moved = _count(row, history.get(row.incident.number, ()), office)
            found += [moved] if moved else []
    return found


def recompute_clocks(*, place: Place, by: User, now: datetime, reason: str) -> list[Moved]:
    """Move the clocks that `preview_clocks` tells, each case in a transaction of its own, with an
    event that says why; what was moved before a break stays moved, and the rest follows when it is
    done again. Returns what was moved.
    """
    cases = dict.fromkeys(one.clock.incident_id for one in preview_clocks(place))
    return [moved for case in cases for moved in _recompute(case, by, now, reason)]


@transaction.atomic
def _recompute(pk: int, by: User, now: datetime, reason: str) -> list[Moved]:
    case = Incident.objects.select_for_update().get(pk=pk)
    office = office_at(case.place_id)
    docket = dockets.load(case, office)
    history = _histories([case.number]).get(case.number, ())
    running = [one for one in docket.clocks if one.paused_at is None]
    found = [moved for one in running if (moved := _count(one, history, office))]
    if not found:
        return []
    steps = {
        str(one.clock.step): [one.clock.due_at.isoformat(), one.due_at.isoformat()] for one in found
    }
    told = [Moved(one.number, _copy(one.clock), one.due_at, one.amber_at) for one in found]
    for moved in found:
        _apply(moved, office)
        docket.touch(moved.clock)
    clocks.settle(docket)
    dockets.save(docket)
    event = write_down(case, ACTION, at=now, by=by, data={"due": steps}, text=reason)
    news.changed(docket, office, event)
    return told


def _copy(clock: Clock) -> Clock:
    return Clock(incident_id=clock.incident_id, step=clock.step, due_at=clock.due_at)


def _apply(moved: Moved, office: Office) -> None:
    clock = moved.clock
    clock.due_at, clock.amber_at = moved.due_at, moved.amber_at
    clock.is_beyond_calendar = office.calendar.is_beyond(moved.due_at)
    clock.amber_told_at = clock.red_told_at = None


def _running() -> QuerySet[Clock]:
    return Clock.objects.filter(ended_at__isnull=True, paused_at__isnull=True)


def _count(clock: Clock, history: Sequence[AuditEvent], office: Office) -> Moved | None:
    """The clock counted anew, or None when it is due when it should be."""
    total = Allowance(clock.amount, clock.amount_unit).seconds(office.day_s)
    due_at = _run(clock, history, office, total)
    amber_at = _run(clock, history, office, total * clocks.AMBER_SHARE)
    if abs(due_at - clock.due_at) < _LEAST_MOVE:
        return None
    return Moved(clock.incident.number, clock, due_at, amber_at)


def _run(clock: Clock, history: Sequence[AuditEvent], office: Office, total: float) -> datetime:
    """When `total` working seconds have passed since the clock started, standing while paused."""
    calendar, at, left = office.calendar, clock.started_at, total
    stands = False
    for event in history:
        if event.at < clock.started_at:
            continue
        name = event.action.removeprefix("incident.")
        if name in _PAUSES and not stands:
            used = calendar.between(at, event.at)
            if used >= left:
                break
            at, left, stands = event.at, left - used, True
        elif name in _RESUMES and stands:
            at, stands = event.at, False
        elif name == Event.EXTENDED and clock.step == Step.HANDLE:
            left += float(event.data.get("days") or 0) * office.day_s
    return calendar.add(at, left)


def _histories(numbers: Sequence[str]) -> dict[str, list[AuditEvent]]:
    """What paused, resumed and extended these cases, in order."""
    chains = [f"incident:{number}" for number in numbers]
    found: dict[str, list[AuditEvent]] = {}
    rows = AuditEvent.objects.filter(chain__in=chains, action__in=_ASKED)
    for event in rows.order_by("chain", "sequence"):
        found.setdefault(event.chain.removeprefix("incident:"), []).append(event)
    return found


def _parts(rows: list[Clock]) -> Iterator[list[Clock]]:
    for begin in range(0, len(rows), _AT_ONCE):
        yield rows[begin : begin + _AT_ONCE]
