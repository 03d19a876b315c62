"""The beginning of a case: the level it begins at, and the clocks that start with it."""

from datetime import datetime

from incidents.choices import Step
from incidents.models import Incident
from incidents.workflow import clocks
from incidents.workflow.docket import Docket
from incidents.workflow.office import Office
from incidents.workflow.routing import first_tier

__all__ = ["open_case"]


def open_case(case: Incident, *, community: str, office: Office, at: datetime) -> Docket:
    """Give a new `case` that lies in `community` (a code, or blank) its level and first clock.

    Nothing is written: `Docket.added` has the clock.
    """
    case.tier = first_tier(case.kind, community=community, office=office)
    docket = Docket(case)
    clocks.start(docket, Step.VERIFY, office, at)
    clocks.settle(docket)
    return docket
