"""What an event does to a case beside its state and its clocks, and what its record says.

An effect changes the objects of a docket and returns plain JSON: codes and ids, nothing of a
person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grids.models import User
from incidents.choices import Answered, LimitUnit, Outcome, Part, Step, Tier
from incidents.models import Assignment, Request, Satisfaction, Supervision
from incidents.workflow import clocks
from incidents.workflow.actions import Action, Event
from incidents.workflow.docket import Docket
from incidents.workflow.office import Allowance, Office

__all__ = ["EFFECTS", "Doing"]


@dataclass(slots=True)
class Doing:
    """What an effect works on. `allowances` are limits that clocks starting now are to have."""

    docket: Docket
    inputs: dict[str, Any]
    office: Office
    at: datetime
    by: User | None
    units: frozenset[int]
    level: str
    allowances: dict[str, Allowance] = field(default_factory=dict)


Effect = Callable[[Doing], dict[str, Any]]
EFFECTS: dict[Event, Effect] = {}
_TIERS = list(Tier)


def _on(*events: Event) -> Callable[[Effect], Effect]:
    def register(effect: Effect) -> Effect:
        EFFECTS.update(dict.fromkeys(events, effect))
        return effect

    return register


@_on(Event.DISPATCHED, Event.RULED)
def _dispatch(doing: Doing) -> dict[str, Any]:
    docket, office, case = doing.docket, doing.office, doing.docket.case
    lead = office.units[doing.inputs["unit"]]
    supporting = [
        office.units[code]
        for code in dict.fromkeys(doing.inputs.get("supporting") or ())
        if code != lead.code
    ]
    docket.relieve(doing.at)
    docket.lapse(doing.at)
    for unit, part in [(lead, Part.LEAD), *((one, Part.SUPPORTING) for one in supporting)]:
        docket.add(Assignment(incident=case, unit=unit, part=part, since=doing.at))
    case.unit = lead
    if _TIERS.index(Tier(doing.level)) > _TIERS.index(Tier(case.tier)):
        case.tier = doing.level
    allowance = _allowance(doing)
    if allowance is not None:
        doing.allowances[Step.HANDLE] = allowance
    return {"unit": lead.code, "supporting": [one.code for one in supporting], "tier": case.tier}


def _allowance(doing: Doing) -> Allowance | None:
    """The time that is said; else, where the list has the category, the list's."""
    days = doing.inputs.get("limit_days")
    if days is not None:
        return Allowance(float(days), LimitUnit.WORKING_DAYS)
    category = doing.docket.case.category
    duty = doing.office.duty(category.code, doing.office.day(doing.at)) if category else None
    return duty.allowance if duty is not None else None


@_on(Event.CHECKED_IN)
def _check_in(doing: Doing) -> dict[str, Any]:
    lead = doing.docket.lead()
    if lead is None:
        return {}
    return _arrive(doing, [lead])


@_on(Event.SUPPORT_CHECKED_IN)
def _support_check_in(doing: Doing) -> dict[str, Any]:
    out = [one for one in doing.docket.assignments if one.part != Part.LEAD]
    return _arrive(doing, [one for one in out if one.unit_id in doing.units])


def _arrive(doing: Doing, rows: Iterable[Assignment]) -> dict[str, Any]:
    arrived = [one for one in rows if one.checked_in_at is None]
    for one in arrived:
        one.checked_in_at = doing.at
        doing.docket.touch(one)
    return {"units": [doing.office.units_by_id[one.unit_id].code for one in arrived]}


@_on(Event.CLOSED, Event.SELF_HANDLED)
def _close(doing: Doing) -> dict[str, Any]:
    """What a worker handled without a picture is not closed yet, but nobody else is on it."""
    case = doing.docket.case
    case.is_self_handled = case.is_self_handled or "before" in doing.inputs
    if doing.inputs.get("proven", True):
        case.closed_at = doing.at
    doing.docket.relieve(doing.at)
    doing.docket.lapse(doing.at)
    return {"self_handled": case.is_self_handled}


@_on(Event.VOIDED)
def _void(doing: Doing) -> dict[str, Any]:
    found = _decided(doing)
    doing.docket.relieve(doing.at)
    doing.docket.lapse(doing.at)
    return found


@_on(Event.REOPENED)
def _reopen(doing: Doing) -> dict[str, Any]:
    case = doing.docket.case
    data = _satisfaction(doing)
    case.reopened += 1
    case.closed_at = None
    return {**data, **_take_back(doing)}


@_on(Event.RETURNED)
def _return(doing: Doing) -> dict[str, Any]:
    return {**_decided(doing), **_take_back(doing)}


def _take_back(doing: Doing) -> dict[str, Any]:
    """The case goes back to be dispatched anew."""
    case = doing.docket.case
    unit = doing.office.units_by_id.get(case.unit_id) if case.unit_id else None
    doing.docket.relieve(doing.at)
    doing.docket.lapse(doing.at)
    case.unit = None
    return {"taken_from": unit.code if unit else None}


@_on(Event.REWORKED)
def _rework(doing: Doing) -> dict[str, Any]:
    doing.docket.case.reworked += 1
    return {}


@_on(Event.RETURN_ASKED, Event.SUSPEND_ASKED, Event.EXTEND_ASKED, Event.VOID_ASKED)
def _ask(doing: Doing) -> dict[str, Any]:
    kept = {name: doing.inputs[name] for name in _ASKED if doing.inputs.get(name) is not None}
    action = doing.inputs["action"]
    row = Request(
        incident=doing.docket.case,
        action=action,
        inputs=kept,
        asked_by=doing.by,
        asked_at=doing.at,
    )
    doing.docket.add(row)
    return {"asked": action, **kept}


# What a request keeps of what was given with it; its words are in the note.
_ASKED = ("reason", "until", "days")


@_on(
    Event.RETURN_REFUSED,
    Event.SUSPEND_REFUSED,
    Event.EXTEND_REFUSED,
    Event.VOID_REFUSED,
    Event.SUSPENDED,
)
def _decided(doing: Doing) -> dict[str, Any]:
    """Close the request, if there was one; what was asked for then counts as given."""
    request = doing.docket.pending(doing.inputs["action"])
    if request is None:
        return {name: doing.inputs[name] for name in _ASKED if doing.inputs.get(name) is not None}
    refused = doing.inputs.get("decision") == "refuse"
    request.outcome = Outcome.REFUSED if refused else Outcome.APPROVED
    request.decided_by, request.decided_at = doing.by, doing.at
    doing.docket.touch(request)
    doing.docket.requests.remove(request)
    doing.inputs.update(request.inputs)
    return {"outcome": request.outcome, **request.inputs}


@_on(Event.EXTENDED)
def _extend(doing: Doing) -> dict[str, Any]:
    data = _decided(doing)
    clock = clocks.extend(doing.docket, Step.HANDLE, doing.office, float(doing.inputs["days"]))
    return {**data, "due_at": clock.due_at.isoformat() if clock else None}


@_on(Event.ESCALATED)
def _escalate(doing: Doing) -> dict[str, Any]:
    return _change_tier(doing, 1)


@_on(Event.DEESCALATED)
def _deescalate(doing: Doing) -> dict[str, Any]:
    doing.docket.case.commander = None
    return _change_tier(doing, -1)


def _change_tier(doing: Doing, by: int) -> dict[str, Any]:
    case = doing.docket.case
    was = case.tier
    case.tier = _TIERS[_TIERS.index(Tier(was)) + by]
    return {"tier_from": was, "tier": case.tier, **_take_back(doing)}


@_on(Event.COMMANDED)
def _command(doing: Doing) -> dict[str, Any]:
    docket, case = doing.docket, doing.docket.case
    case.tier = Tier.LEADER
    case.commander_id = doing.inputs["commander_id"]
    there = {one.unit_id for one in docket.assignments}
    team = [doing.office.units[code] for code in doing.inputs.get("team") or ()]
    for unit in team:
        if unit.pk not in there:
            docket.add(Assignment(incident=case, unit=unit, part=Part.TEAM, since=doing.at))
    return {"commander": case.commander_id, "team": [unit.code for unit in team]}


@_on(Event.SUPERVISED)
def _supervise(doing: Doing) -> dict[str, Any]:
    due_at = doing.office.calendar.add(doing.at, float(doing.inputs["hours"]) * 3600.0)
    doing.docket.add(
        Supervision(
            incident=doing.docket.case, ordered_by=doing.by, ordered_at=doing.at, due_at=due_at
        )
    )
    return {"due_at": due_at.isoformat()}


@_on(Event.SUPERVISION_REPLIED)
def _reply(doing: Doing) -> dict[str, Any]:
    order = doing.docket.supervision
    if order is None:
        return {}
    order.replied_by, order.replied_at = doing.by, doing.at
    doing.docket.touch(order)
    doing.docket.waiting.supervision = None
    return {"late": doing.at > order.due_at}


@_on(Event.MERGED)
def _merge(doing: Doing) -> dict[str, Any]:
    doing.docket.case.merged_into = doing.inputs["into_case"]
    doing.docket.lapse(doing.at)
    return {"into": doing.inputs["into_case"].number}


@_on(Event.UNMERGED)
def _unmerge(doing: Doing) -> dict[str, Any]:
    case = doing.docket.case
    number = case.merged_into.number if case.merged_into else None
    case.merged_into = None
    return {"out_of": number}


@_on(Event.MOVED)
def _move(doing: Doing) -> dict[str, Any]:
    case = doing.docket.case
    data = {
        "grid_from": case.grid.code if case.grid else None,
        "position_from": [case.position.x, case.position.y] if case.position else None,
    }
    case.position, case.grid = doing.inputs["position"], doing.inputs["grid"]
    case.provisional = False
    return {
        **data,
        "grid": case.grid.code if case.grid else None,
        "position": [case.position.x, case.position.y],
    }


@_on(Event.RECATEGORISED)
def _recategorise(doing: Doing) -> dict[str, Any]:
    case, category = doing.docket.case, doing.inputs["category_row"]
    data = {"category_from": case.category.code if case.category else None, "kind_from": case.kind}
    case.category, case.kind = category, category.kind
    return {**data, "category": category.code, "kind": case.kind}


@_on(Event.REROUTED)
def _reroute(doing: Doing) -> dict[str, Any]:
    data = _recategorise(doing) if "category_row" in doing.inputs else _move(doing)
    return {**data, **_take_back(doing)}


@_on(Event.CALLED_BACK, Event.SURVEYED)
def _satisfaction(doing: Doing) -> dict[str, Any]:
    action = doing.inputs["action"]
    if action not in _WAYS:
        return {}
    given = doing.inputs["result" if action == Action.CALL_BACK else "score"]
    score = _SCORES[given] if action == Action.CALL_BACK else int(given)
    doing.docket.add(
        Satisfaction(
            incident=doing.docket.case,
            report=doing.inputs.get("report"),
            way=_WAYS[action],
            score=score,
            closing=doing.docket.case.reopened + 1,
            at=doing.at,
            recorded_by=doing.by,
        )
    )
    return {"score": score}


_WAYS: dict[str, Answered] = {
    Action.CALL_BACK: Answered.CALL_BACK,
    Action.SURVEY: Answered.SURVEY,
}
_SCORES = {"satisfied": 5, "basically": 3, "dissatisfied": 1, "unreached": None}
