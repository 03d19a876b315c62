"""What an action needs of the world before the table can be asked: a grid, a category, a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gis.kernel.datum import Datum
from gis.kernel.errors import InvalidInput
from grids.models import Edition, User
from grids.selectors import Position
from incidents.choices import OPEN_STATES, IncidentState
from incidents.models import Incident
from incidents.services.dockets import ground_of
from incidents.services.placing import place_positions
from incidents.workflow.actions import Action
from incidents.workflow.docket import Docket
from incidents.workflow.errors import MissingInput
from incidents.workflow.office import Office
from incidents.workflow.routing import route
from incidents.workflow.table import Transition

__all__ = ["prepare"]

_SENT = (IncidentState.DISPATCHED, IncidentState.CHECKED_IN)


def prepare(
    row: Transition,
    inputs: dict[str, Any],
    docket: Docket,
    office: Office,
    *,
    user: User | None,
    now: datetime,
) -> None:
    """Add to `inputs` what was looked up by what was given.

    Raises `MissingInput` naming what was given when it leads to nothing.
    """
    if row.action == Action.MOVE:
        _prepare_move(inputs, docket, office, now)
    elif row.action == Action.RECATEGORISE:
        _prepare_category(inputs, docket, office, now)
    elif row.action == Action.MERGE:
        inputs["into_case"] = _into(str(inputs["into"]), docket, user)
    elif row.action == Action.ESCALATE and "commander" in inputs:
        inputs["commander_id"] = User.objects.values_list("pk", flat=True).get(
            username=inputs["commander"]
        )
    elif row.action == Action.SELF_HANDLE:
        inputs["before"], inputs["after"] = inputs["before"] or [], inputs["after"] or []
        inputs["proven"] = bool(inputs["before"] and inputs["after"])


def _prepare_move(inputs: dict[str, Any], docket: Docket, office: Office, now: datetime) -> None:
    edition = Edition.objects.in_force(docket.case.place)
    if edition is None:
        raise InvalidInput("没有现行区划。 (No edition is in force.)", "place")
    edition.place = docket.case.place
    at = Position(inputs["lon"], inputs["lat"], Datum(inputs["datum"]), None)
    placing = place_positions([at], edition)[0]
    grid = ground_of(placing.grid) if placing.grid is not None else None
    inputs["position"], inputs["grid"] = placing.position, grid
    case = docket.case
    was = case.position, case.grid
    before = _led_by(docket, office, now)
    case.position, case.grid = placing.position, grid
    inputs["rerouted"] = _is_rerouted(docket, office, before, now)
    case.position, case.grid = was


def _prepare_category(
    inputs: dict[str, Any], docket: Docket, office: Office, now: datetime
) -> None:
    row = office.category(inputs["category"], now)
    case = docket.case
    was = case.category, case.kind
    before = _led_by(docket, office, now)
    case.category, case.kind = row, row.kind if row else case.kind
    inputs["category_row"] = row
    inputs["rerouted"] = _is_rerouted(docket, office, before, now)
    case.category, case.kind = was


def _led_by(docket: Docket, office: Office, now: datetime) -> int | None:
    unit = route(docket.case, office, docket.case.tier, now).unit
    return unit.pk if unit else None


def _is_rerouted(docket: Docket, office: Office, before: int | None, now: datetime) -> bool:
    """Whether a case that was sent out belongs to somebody else now, by the tables.

    Where a dispatcher had chosen against the tables, a change that moves nothing keeps the choice.
    """
    after = _led_by(docket, office, now)
    return docket.case.state in _SENT and after != before and after != docket.case.unit_id


def _into(number: str, docket: Docket, user: User | None) -> Incident:
    found = (
        Incident.objects.for_user(user)
        .filter(number=number, place=docket.case.place_id)
        .select_for_update(of=("self",))
        .first()
    )
    zh, en = "", ""
    if found is None:
        zh, en = "没有这件案件。", "There is no such case."
    elif found.pk == docket.case.pk:
        zh, en = "不能并入自己。", "A case cannot be merged into itself."
    elif found.state not in OPEN_STATES:
        label = found.get_state_display()
        zh, en = f"该案件现为“{label}”，只能并入在办案件。", "Only into a case that is open."
    elif docket.case.merged.exists():
        zh, en = (
            "已有案件并入本案，请把它们分别合并。",
            "Cases are merged into this one: merge those.",
        )
    if zh or found is None:
        raise MissingInput([("into", "unusable", zh, en)])
    case: Incident = found
    return case
