"""A row of the table applied to a case: clocks, effect, state. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grids.models import User
from incidents.choices import IncidentState
from incidents.workflow import clocks
from incidents.workflow.actions import Event
from incidents.workflow.docket import Docket
from incidents.workflow.effects import EFFECTS, Doing
from incidents.workflow.gate import leads_to
from incidents.workflow.office import Office
from incidents.workflow.table import EVERY_CLOCK, PAUSED, RESUMED, Transition

__all__ = ["Change", "change"]

_HELD = (IncidentState.SUSPENDED, IncidentState.MERGED)


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a case: the event and what the audit chain says of it."""

    event: Event
    data: dict[str, Any] = field(default_factory=dict)


def change(
    docket: Docket,
    row: Transition,
    inputs: dict[str, Any],
    office: Office,
    *,
    at: datetime,
    by: User | None,
    units: frozenset[int] = frozenset(),
    level: str = "",
    event: Event | None = None,
) -> Change:
    """Apply `row` with `inputs` (values by the names of its needs) to the case of `docket`.

    `units` are those that `by` acts for, `level` is the one they dispatch from. `event` names what
    is written in place of the row's own.
    """
    case, before = docket.case, str(docket.case.state)
    target, found = leads_to(row, inputs, docket)
    doing = Doing(docket, inputs, office, at, by, units, level or case.tier)
    written = event or found.event
    data = {"from": before, "to": target, **EFFECTS.get(found.event, _nothing)(doing)}
    clocks.end(docket, None if found.ends == EVERY_CLOCK else found.ends, at)
    _hold(docket, before, target)
    case.state = target
    for step in found.starts:
        clocks.start(docket, step, office, at, doing.allowances.get(step))
    if found is row and row.clocks == PAUSED:
        clocks.pause(docket, office, at)
    elif found is row and row.clocks == RESUMED:
        clocks.resume(docket, office, at)
    clocks.settle(docket)
    return Change(written, data)


def _hold(docket: Docket, before: str, target: str) -> None:
    """Remember where a case was when it is laid aside, and forget it when it goes on."""
    if target == before:
        return
    if target in _HELD:
        docket.case.held_state = before
    elif before in _HELD:
        docket.case.held_state = ""


def _nothing(_doing: Doing) -> dict[str, Any]:
    return {}
