"""What the live stream tells of cases: numbers, codes and the position, nothing of a person."""

from gis.ledger.services import stream
from grids.selectors import audience_for
from incidents.models import Incident
from incidents.services.placing import Placing

__all__ = ["RECEIVED", "received"]

RECEIVED = stream.declare("report.received")


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
        payload={
            "incident": incident.number,
            "kind": incident.kind,
            "category": incident.category.code if incident.category else None,
            "state": str(incident.state),
            "grid": grid,
            "community": community,
            "lon": incident.position.x if incident.position else None,
            "lat": incident.position.y if incident.position else None,
            "received_at": incident.received_at.isoformat(),
            "simulated": incident.is_simulated,
        },
        audience=audience_for(incident.place, regions=regions, grid=grid),
        at=incident.received_at,
    )
