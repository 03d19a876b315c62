"""What the API says of how a case is handled: its level, units, clocks, actions and history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incidents.api.consequences import about_event, tell_leads
from incidents.api.parts import named
from incidents.models import Incident, Note
from incidents.selectors import events_of
from incidents.services import dockets
from incidents.services.contacts import MAY_REVEAL
from incidents.workflow.actions import Action, Event
from incidents.workflow.docket import Docket
from incidents.workflow.gate import closed_actions, open_rows
from incidents.workflow.needs import Ask, Need
from incidents.workflow.office import Office, office_of
from incidents.workflow.standing import parties, standing_of

__all__ = ["event_word", "tell_events", "tell_handling"]


def tell_handling(case: Incident, viewer: Any, now: datetime) -> dict[str, Any]:
    """The deadline, who is on the case, its running clocks, and what `viewer` may do now."""
    office = office_of(case.place)
    docket = dockets.load(case, office)
    standing = standing_of(viewer, now)
    held = parties(standing, docket, office)
    ask = Ask(docket, office, standing, now)
    opened = open_rows(docket, held, office)
    return {
        "state_label": case.get_state_display(),
        "tier": case.tier,
        "tier_label": case.get_tier_display(),
        "deadline": _time(case.due_at),
        "amber_at": _time(case.amber_at),
        "closed_at": _time(case.closed_at),
        "unit": named(case.unit.code, case.unit.name) if case.unit else None,
        "units": [_unit(one, office) for one in docket.assignments],
        "commander": str(case.commander) if case.commander else None,
        "merged_into": case.merged_into.number if case.merged_into else None,
        "merged": [one.number for one in case.merged.all()],
        "reopened": case.reopened,
        "reworked": case.reworked,
        "is_self_handled": case.is_self_handled,
        "clocks": [_clock(one) for one in docket.clocks],
        "supervision": _supervision(docket),
        "requests": [
            {
                "action": one.action,
                "label": str(Action(one.action).label),
                "asked_at": one.asked_at.isoformat(),
                **one.inputs,
            }
            for one in docket.requests
        ],
        "actions": [
            {
                "name": row.action.value,
                "label": str(row.action.label),
                "event": row.event.value,
                "leads": tell_leads(row, docket),
                "needs": [tell_need(need, ask) for need in row.needs],
            }
            for row in opened
        ],
        "closed_actions": [
            {"name": str(one.action), "label": str(Action(one.action).label), "why": one.why}
            for one in closed_actions(docket, held, office, opened)
        ],
        "may_reveal": bool(held & MAY_REVEAL),
    }


def tell_need(need: Need, ask: Ask) -> dict[str, Any]:
    """One need, with what may be chosen and what stands unless something else is given."""
    return {
        "name": need.name,
        "label": str(need.label),
        "type": need.type,
        "required": need.required,
        "choices": [
            {"value": value, "label": str(label)} for value, label in need.chosen_from(ask)
        ],
        "default": need.stands(ask),
    }


def tell_events(case: Incident) -> list[dict[str, Any]]:
    """The history of a case, oldest first, with the words of each event that were not erased."""
    notes = {
        one.sequence: one for one in Note.objects.filter(incident=case).prefetch_related("photos")
    }
    told, office = [], office_of(case.place)
    for event in events_of(case):
        note = notes.get(event.sequence)
        told.append(
            {
                "at": event.at.isoformat(),
                "action": event.action,
                "label": event_word(event.action),
                "by": str(event.actor or ""),
                "note": note.text if note else "",
                "photos": [str(one.pk) for one in note.photos.all()] if note else [],
                "about": about_event(event.data, office),
                "data": {
                    name: value
                    for name, value in event.data.items()
                    if name not in ("note", "photos")
                },
            }
        )
    return told


def event_word(action: str) -> str:
    """What an event of the audit chain is called."""
    if action == "report.received":
        return str(_("收到诉求"))
    if action == "incident.recomputed":
        return str(_("期限已重算"))
    name = action.removeprefix("incident.")
    return str(Event(name).label) if name in Event.values else name


def _unit(one: Any, office: Office) -> dict[str, Any]:
    unit = office.units_by_id[one.unit_id]
    return {
        **named(unit.code, unit.name),
        "part": one.part,
        "part_label": one.get_part_display(),
        "since": one.since.isoformat(),
        "checked_in_at": _time(one.checked_in_at),
    }


def _clock(one: Any) -> dict[str, Any]:
    return {
        "step": one.step,
        "label": one.get_step_display(),
        "started_at": one.started_at.isoformat(),
        "amber_at": one.amber_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        "paused": one.paused_at is not None,
        "amount": one.amount,
        "unit": one.amount_unit,
        "is_beyond_calendar": one.is_beyond_calendar,
    }


def _supervision(docket: Docket) -> dict[str, Any] | None:
    order = docket.supervision
    if order is None:
        return None
    return {"ordered_at": order.ordered_at.isoformat(), "due_at": order.due_at.isoformat()}


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
