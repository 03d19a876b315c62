"""Doing something to a case: one lock, one row of the table, one event, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gis.kernel.errors import WanggeError
from gis.ledger.models import Attachment, AuditEvent
from gis.ledger.services import attachments
from grids.models import User
from incidents.models import Incident, Report
from incidents.services import dockets, news
from incidents.services.chronicle import ANSWERS, write_down
from incidents.services.preparing import prepare
from incidents.services.ruling import enter_in_list
from incidents.signals import incident_changed
from incidents.workflow.actions import Action, Event, Party
from incidents.workflow.changing import Change, change
from incidents.workflow.docket import Docket
from incidents.workflow.gate import choose
from incidents.workflow.needs import Ask
from incidents.workflow.office import Office, office_at
from incidents.workflow.reading import read_inputs
from incidents.workflow.routing import route
from incidents.workflow.standing import Standing, level_of, parties, standing_of, units_of
from incidents.workflow.table import Transition, rows_of

__all__ = ["Done", "UnknownCase", "act", "act_for_reporter", "act_within"]


class UnknownCase(WanggeError):
    """There is no such case for whoever asks."""


@dataclass(frozen=True, slots=True)
class Done:
    """A case after something was done to it, with what is open about it now."""

    docket: Docket
    office: Office
    standing: Standing
    event: AuditEvent


@transaction.atomic
def act(*, number: str, action: str, given: Mapping[str, Any], by: User, now: datetime) -> Done:
    """Let `by` do `action` to the case `number`, with what is `given` by the names of its needs.

    Raises `UnknownCase`, `StateMoved`, `NotAllowed`, `MissingInput`, and `InvalidInput` for a
    picture or position that cannot be used. Of many at the same time the first wins: the case is
    locked, and the others find it elsewhere.
    """
    return act_within(number=number, action=action, given=given, by=by, now=now)


def act_within(
    *, number: str, action: str, given: Mapping[str, Any], by: User, now: datetime
) -> Done:
    """As `act`, as part of the caller's transaction: what it raises must end that too."""
    return _act(_locked(number), action, given, standing_of(by, now), now, report=None)


@transaction.atomic
def act_for_reporter(
    *, report: Report, action: str, given: Mapping[str, Any], now: datetime
) -> Done:
    """As `act`, for whoever showed that they sent `report`; of a merged case, its main one."""
    case = _locked(main_case(report.incident).number)
    standing = Standing(None, case.place_id, frozenset())
    return _act(case, action, given, standing, now, report=report)


def main_case(case: Incident) -> Incident:
    """The case that `case` is handled in: itself, or what it was merged into in the end."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


def _locked(number: str) -> Incident:
    """The case of that number, and nobody else's until the transaction ends."""
    found: list[Incident] = list(Incident.objects.raw(_LOCKED, [number]))
    if not found:
        raise _unknown()
    return found[0]


# As in `dockets`: every step asks this.
_LOCKED = "SELECT * FROM incidents_incident WHERE number = %s FOR UPDATE"


def _unknown() -> UnknownCase:
    return UnknownCase("没有这件案件。 (There is no such case.)", "number")


def _act(
    case: Incident,
    action: str,
    given: Mapping[str, Any],
    standing: Standing,
    now: datetime,
    *,
    report: Report | None,
) -> Done:
    office = office_at(case.place_id)
    docket = dockets.load(case, office)
    held = parties(standing, docket, office)
    held = held | {Party.REPORTER} if report is not None else held
    # Whoever is a party sees the case (a test holds the two together); others may only see it.
    if not held and not Incident.objects.for_user(standing.user).filter(pk=case.pk).exists():
        raise _unknown()
    row = choose(action, docket, held, office)
    inputs = read_inputs(row, given, Ask(docket, office, standing, now))
    prepare(row, inputs, docket, office, user=standing.user, now=now)
    wanted = _photo_ids(inputs)
    pictures = attachments.take(wanted, by=standing.user, now=now) if wanted else []
    if report is not None:
        inputs["report"] = report
    done = change(
        docket, row, inputs, office, at=now, by=standing.user,
        units=frozenset(units_of(standing, office)), level=level_of(standing, case),
    )  # fmt: skip
    event = _write(docket, done, inputs, pictures, standing.user, now)
    event = _follow_rule(docket, done, office, now) or event
    if done.event is Event.RULED:
        enter_in_list(docket, inputs, office, by=standing.user, now=now)
    incident_changed.send(sender=Incident, case=case, event=event)
    news.changed(docket, office, event)  # last: it keeps other writers of news waiting
    return Done(docket, office, standing, event)


def _write(
    docket: Docket,
    done: Change,
    inputs: Mapping[str, Any],
    pictures: list[Attachment],
    by: User | None,
    now: datetime,
) -> AuditEvent:
    """The rows, the event and its words."""
    dockets.save(docket)
    return write_down(
        docket.case, f"incident.{done.event.value}", at=now, by=by, data=done.data,
        text=str(inputs.get("note") or ""), pictures=pictures, is_answer=done.event in ANSWERS,
    )  # fmt: skip


def _follow_rule(docket: Docket, done: Change, office: Office, now: datetime) -> AuditEvent | None:
    """A rule that is automatic dispatches what has just been filed, in the same transaction."""
    if done.event is not Event.FILED:
        return None
    found = route(docket.case, office, docket.case.tier, now)
    if found.rule is None or not found.rule.is_automatic or found.unit is None:
        return None
    row = dispatch_row()
    inputs = {"action": row.action.value, "unit": found.unit.code, "supporting": []}
    routed = change(
        docket, row, inputs, office, at=now, by=None, level=docket.case.tier, event=Event.ROUTED
    )
    return _write(docket, routed, {}, [], None, now)


def dispatch_row() -> Transition:
    """The row by which a filed case is dispatched."""
    return next(row for row in rows_of(Action.DISPATCH) if row.event is Event.DISPATCHED)


def _photo_ids(inputs: Mapping[str, Any]) -> list[UUID]:
    return [one for name in ("photos", "before", "after") for one in inputs.get(name) or ()]
