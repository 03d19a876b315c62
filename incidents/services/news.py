"""What the live stream tells of cases: numbers, codes and the position, nothing of a person."""

from typing import Any

from gis.ledger.models import AuditEvent
from gis.ledger.services import stream
from grids.selectors import audience_for
from incidents.models import Incident
from incidents.services.placing import Placing
from incidents.workflow.docket import Docket
from incidents.workflow.office import Office
from incidents.workflow.routing import regions_of

__all__ = ["CHANGED", "RECEIVED", "changed", "received"]

RECEIVED = stream.declare("report.received")
CHANGED = stream.declare("incident.changed")


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
    community, subdistrict = regions_of(case)
    units = {office.units_by_id[one.unit_id].code for one in docket.assignments}
    units |= {office.units_by_id[case.unit_id].code} if case.unit_id else set()
    taken_from = event.data.get("taken_from")
    grid = case.grid.code if case.grid else None
    stream.emit(
        topic=CHANGED,
        payload={
            **_told(case),
            "grid": grid,
            "community": community or None,
            "event": event.action.removeprefix("incident."),
            "tier": str(case.tier),
            "unit": office.units_by_id[case.unit_id].code if case.unit_id else None,
        },
        audience=audience_for(
            case.place,
            regions=[code for code in (community, subdistrict) if code],
            grid=grid,
            units=units | ({taken_from} if taken_from else set()),
        ),
        at=event.at,
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
