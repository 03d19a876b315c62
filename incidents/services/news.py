"""What the live stream tells of cases: numbers, codes and the position, nothing of a person."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from gis.ledger.models import AuditEvent
from gis.ledger.services import stream
from grids.selectors import audience_for
from incidents.models import Clock, Incident
from incidents.services.placing import Placing
from incidents.workflow.docket import Docket
from incidents.workflow.office import Office
from incidents.workflow.routing import regions_of

__all__ = ["CHANGED", "OVERDUE", "RECEIVED", "changed", "overdue", "received"]

RECEIVED = stream.declare("report.received")
CHANGED = stream.declare("incident.changed")
OVERDUE = stream.declare("incident.overdue")


def received(incident: Incident, placing: Placing) -> None:
    """Tell that a report came in and opened `incident`, to those who see its grid; of a case that
    no grid holds, to those who see the whole place. `lon` and `lat` are WGS-84 degrees or None.
    """
    located = placing.located if placing.grid is not None else None
    grid = located.grid.code if located and located.grid else None
    community = located.community.code if located and located.community else None
    subdistrict = located.subdistrict.code if located and located.subdistrict else None
    regions = [code for code in (community, subdistrict) if code is not None]
    stream.emit(
        topic=RECEIVED,
        payload={**_told(incident), "grid": grid, "community": community},
        audience=audience_for(incident.place, regions=regions, grid=grid),
        at=incident.received_at,
    )


def changed(docket: Docket, office: Office, event: AuditEvent) -> None:
    """Tell what was done to a case to those who see its ground, and to the units that are on it."""
    case = docket.case
    taken_from = event.data.get("taken_from")
    stream.emit(
        topic=CHANGED,
        payload={
            **_told(case),
            "grid": case.grid.code if case.grid else None,
            "community": regions_of(case)[0] or None,
            "event": event.action.removeprefix("incident."),
            "tier": str(case.tier),
            "unit": office.units_by_id[case.unit_id].code if case.unit_id else None,
        },
        audience=_audience(docket, office, {taken_from} if taken_from else set()),
        at=event.at,
    )


def overdue(docket: Docket, office: Office, clock: Clock, level: str, at: datetime) -> None:
    """Tell the same people that a time limit is about to run out (amber) or has run out (red)."""
    unit = office.units_by_id.get(clock.unit_id) if clock.unit_id else None
    stream.emit(
        topic=OVERDUE,
        payload={
            "incident": docket.case.number,
            "step": str(clock.step),
            "level": level,
            "due_at": clock.due_at.isoformat(),
            "unit": unit.code if unit else None,
        },
        audience=_audience(docket, office, set()),
        at=at,
    )


def _audience(docket: Docket, office: Office, more: set[str]) -> Collection[str]:
    """Those who see the ground of a case, and the units that are on it."""
    case = docket.case
    units = {office.units_by_id[one.unit_id].code for one in docket.assignments}
    units |= {office.units_by_id[case.unit_id].code} if case.unit_id else set()
    return audience_for(
        case.place,
        regions=[code for code in regions_of(case) if code],
        grid=case.grid.code if case.grid else None,
        units=units | more,
    )


def _told(case: Incident) -> dict[str, Any]:
    return {
        "incident": case.number,
        "kind": case.kind,
        "category": case.category.code if case.category else None,
        "state": str(case.state),
        "lon": case.position.x if case.position else None,
        "lat": case.position.y if case.position else None,
        "received_at": case.received_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "amber_at": case.amber_at.isoformat() if case.amber_at else None,
        "simulated": case.is_simulated,
    }
