"""What follows from an action and what an event was about, in words: said before, and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incidents.choices import IncidentState, Step, Tier
from incidents.workflow import table
from incidents.workflow.docket import Docket
from incidents.workflow.gate import leads_to
from incidents.workflow.office import Office
from incidents.workflow.table import Transition

__all__ = ["about_event", "tell_leads"]


def tell_leads(row: Transition, docket: Docket) -> dict[str, Any]:
    """Where the case goes by `row` unless a branch is taken, and which clocks end and start."""
    target, _found = leads_to(row, {}, docket)
    running = {one.step for one in docket.clocks}
    ends = running if row.ends == table.EVERY_CLOCK else running & set(row.ends)
    return {
        "state": target,
        "state_label": str(IncidentState(target).label) if target else "",
        "event_label": str(row.event.label),
        "ends": [str(step.label) for step in Step if step in ends],
        "starts": [str(Step(step).label) for step in row.starts],
        "clocks": row.clocks,
    }


def about_event(data: Mapping[str, Any], office: Office) -> list[str]:
    """What the record of an event names: units, level, limits, another case."""
    found: list[str] = []
    for name, say in _SAID.items():
        value = data.get(name)
        if value:
            found.append(say(value, office))
    return found


def _unit(code: Any, office: Office) -> str:
    unit = office.units.get(str(code))
    return unit.name if unit else str(code)


def _units(codes: Any, office: Office) -> str:
    return "、".join(_unit(code, office) for code in codes)


def _time(text: Any, office: Office) -> str:
    return datetime.fromisoformat(str(text)).astimezone(office.zone).strftime("%m-%d %H:%M")


_SAID: dict[str, Any] = {
    "unit": lambda value, office: _("主责 {unit}").format(unit=_unit(value, office)),
    "supporting": lambda value, office: _("配合 {units}").format(units=_units(value, office)),
    "units": _units,
    "team": lambda value, office: _("联合专班 {units}").format(units=_units(value, office)),
    "taken_from": lambda value, office: _("原主责 {unit}").format(unit=_unit(value, office)),
    "tier_from": lambda value, _office: _("原层级 {tier}").format(tier=Tier(value).label),
    "days": lambda value, _office: _("{days} 个工作日").format(days=f"{value:g}"),
    "until": lambda value, _office: _("至 {day}").format(day=value),
    "due_at": lambda value, office: _("限 {time} 前").format(time=_time(value, office)),
    "into": lambda value, _office: _("并入 {number}").format(number=value),
    "out_of": lambda value, _office: _("拆自 {number}").format(number=value),
}
