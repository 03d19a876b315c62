"""The clocks of a case: started, ended, paused and run on by the transition table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from incidents.choices import Step
from incidents.models import Clock
from incidents.workflow.docket import Docket
from incidents.workflow.office import Allowance, Office

__all__ = ["AMBER_SHARE", "end", "extend", "pause", "resume", "settle", "start"]

# The light of a peer's code: green below 80 % of the time, amber to 100 %, then red.
AMBER_SHARE = 0.8


def start(
    docket: Docket, step: str, office: Office, at: datetime, allowance: Allowance | None = None
) -> Clock:
    """Start the clock of `step` at `at`: with `allowance`, else with the limit of the tables."""
    case = docket.case
    code = case.category.code if case.category else ""
    given = allowance or office.allowance(step, case.kind, code)
    seconds = given.seconds(office.day_s)
    due_at = office.calendar.add(at, seconds)
    clock = Clock(
        incident=case,
        step=step,
        unit_id=case.unit_id if step in _OF_UNIT else None,
        amount=given.amount,
        amount_unit=given.unit,
        started_at=at,
        amber_at=office.calendar.add(at, seconds * AMBER_SHARE),
        due_at=due_at,
        is_beyond_calendar=office.calendar.is_beyond(due_at),
    )
    docket.add(clock)
    return clock


# What the leading unit owes; the rest is owed by who dispatches or inspects.
_OF_UNIT = (Step.CHECK_IN, Step.HANDLE, Step.FEED_BACK)


def end(docket: Docket, steps: Iterable[str] | None, at: datetime) -> None:
    """End the clocks of `steps`, or every one."""
    for clock in [one for one in docket.clocks if steps is None or one.step in steps]:
        clock.ended_at = at
        if clock.paused_at is not None:
            clock.paused_at = clock.left_s = None
        docket.touch(clock)
        docket.clocks.remove(clock)


def pause(docket: Docket, office: Office, at: datetime) -> None:
    """Stop the clocks: while a case is suspended or waits for its reporter, none runs."""
    for clock in docket.clocks:
        if clock.paused_at is None:
            clock.paused_at = at
            clock.left_s = _left_s(office, at, clock.due_at)
            docket.touch(clock)


def resume(docket: Docket, office: Office, at: datetime) -> None:
    """Let the clocks run on with the working time that was left."""
    for clock in docket.clocks:
        if clock.paused_at is None or clock.left_s is None:
            continue
        total = Allowance(clock.amount, clock.amount_unit).seconds(office.day_s)
        _set_due(clock, office, at, clock.left_s, total)
        clock.paused_at = clock.left_s = None
        docket.touch(clock)


def extend(docket: Docket, step: str, office: Office, days: float) -> Clock | None:
    """Give the running clock of `step` more working days; None when none runs."""
    clock = next((one for one in docket.clocks if one.step == step), None)
    if clock is None:
        return None
    more = days * office.day_s
    clock.due_at = office.calendar.add(clock.due_at, more)
    clock.amber_at = office.calendar.add(clock.amber_at, more)
    clock.is_beyond_calendar = office.calendar.is_beyond(clock.due_at)
    clock.amber_told_at = clock.red_told_at = None
    docket.touch(clock)
    return clock


def settle(docket: Docket) -> None:
    """Tell the case what runs out first."""
    running = [one for one in docket.clocks if one.paused_at is None and one.step in _OWED]
    first = min(running, key=lambda one: one.due_at, default=None)
    docket.case.due_at = first.due_at if first else None
    docket.case.amber_at = first.amber_at if first else None


# A call-back is owed after a case is closed; it does not make the case late.
_OWED = frozenset(Step) - {Step.CALL_BACK}


def _left_s(office: Office, at: datetime, due_at: datetime) -> float:
    """Working seconds until `due_at`; negative by as many as it is overdue."""
    if due_at >= at:
        return office.calendar.between(at, due_at)
    return -office.calendar.between(due_at, at)


def _set_due(clock: Clock, office: Office, at: datetime, left_s: float, total_s: float) -> None:
    """Due when the time that was left has passed; what was overdue already stays as late."""
    calendar = office.calendar
    if left_s > 0:
        clock.due_at = calendar.add(at, left_s)
        amber_left = left_s - total_s * (1 - AMBER_SHARE)
        clock.amber_at = calendar.add(at, amber_left) if amber_left > 0 else at
    else:
        clock.due_at = min(clock.due_at, at)
        clock.amber_at = min(clock.amber_at, clock.due_at - timedelta(seconds=1))
    clock.is_beyond_calendar = calendar.is_beyond(clock.due_at)
