"""The loop as whoever reported is told it: which events, under which words, with what beside them.

What goes on inside the house (returns, requests for approval, supervision) is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis.ledger.models import AuditEvent
from grids.models import Unit
from incidents.models import Incident, Note, Report
from incidents.services.acting import main_case
from incidents.services.chronicle import ANSWERS, chain_of
from incidents.workflow.actions import Event

__all__ = ["Step", "answer_notes", "steps_of"]

_RECEIVED = "received"
# Event of the chain → the word that it is told under.
_TOLD = {
    Event.FILED: "filed",
    Event.DISPATCHED: "dispatched",
    Event.ROUTED: "dispatched",
    Event.RULED: "dispatched",
    Event.CHECKED_IN: "checked_in",
    Event.HANDLED: "handled",
    Event.FED_BACK: "answered",
    Event.SELF_HANDLED: "answered",
    Event.CLOSED: "closed",
    Event.REOPENED: "reopened",
    Event.SUSPENDED: "suspended",
    Event.RESUMED: "resumed",
    Event.VOIDED: "voided",
}
# Events whose words are for whoever reported.
_WITH_WORDS = ANSWERS | {Event.VOIDED}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a report or its case. `words` and `note` only where it is open:
    what was said with it, and whose pictures go with it.
    """

    at: datetime
    event: str
    unit: str = ""
    reason: str = ""
    words: str = ""
    photos: list[Any] = field(default_factory=list)


def steps_of(report: Report) -> list[Step]:
    """What happened, the oldest first; of a merged case, until then, and in the main case since."""
    own, main = report.incident, main_case(report.incident)
    steps = [Step(report.received_at, _RECEIVED)]
    if own.pk != main.pk:
        before, joined_at = _until_merged(own)
        steps += _told_of(own, before)
        steps.append(Step(joined_at or report.received_at, "merged"))
    steps += _told_of(main, _events(main))
    # Sorted by time alone, so that what has the same time stays as the chain has it.
    return sorted(steps, key=lambda step: step.at)


def answer_notes(case: Incident) -> Any:
    """The notes of a case that answer whoever reported, with their pictures."""
    return Note.objects.filter(incident=case, is_answer=True, erased_at__isnull=True)


def _events(case: Incident) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(chain=chain_of(case)).order_by("sequence"))


def _until_merged(case: Incident) -> tuple[list[AuditEvent], datetime | None]:
    events = _events(case)
    merged = [index for index, one in enumerate(events) if _event_of(one) is Event.MERGED]
    if not merged:
        return events, None
    return events[: merged[-1]], events[merged[-1]].at


def _event_of(event: AuditEvent) -> Event | None:
    name = event.action.removeprefix("incident.")
    return Event(name) if name in Event.values else None


def _told_of(case: Incident, events: Iterable[AuditEvent]) -> list[Step]:
    told = [(one, found) for one in events if (found := _event_of(one)) in _TOLD and found]
    notes = {
        one.sequence: one for one in Note.objects.filter(incident=case).prefetch_related("photos")
    }
    codes = {one.data.get("unit") for one, _found in told} - {None}
    units = dict(
        Unit.objects.filter(place=case.place_id, code__in=codes).values_list("code", "name")
    )
    steps = []
    for one, found in told:
        note = notes.get(one.sequence) if found in _WITH_WORDS else None
        steps += _steps_for(one, found, note, units)
    return steps


def _steps_for(
    one: AuditEvent, found: Event, note: Note | None, units: dict[str, str]
) -> list[Step]:
    is_answer = note is not None and note.is_answer
    step = Step(
        one.at,
        _TOLD[found],
        unit=units.get(one.data.get("unit") or "", "") if _TOLD[found] == "dispatched" else "",
        reason=str(one.data.get("reason") or "") if found is Event.SUSPENDED else "",
        words=note.text if note else "",
        photos=list(note.photos.all()) if note and is_answer else [],
    )
    if found is Event.SELF_HANDLED and one.data.get("to") == "closed":
        return [step, Step(one.at, "closed")]
    return [step]
