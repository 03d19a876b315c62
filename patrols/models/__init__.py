"""Shifts, the fixes of a worker on duty, what they have seen, and the places they visit."""

from patrols.models.alert import Alert, AlertRule, DutyHours
from patrols.models.coverage import Coverage, SimulatedDay
from patrols.models.fix import Fix, FixBatch
from patrols.models.live import LivePosition
from patrols.models.recorded import RecordedBlock
from patrols.models.route import RouteStop, SpotRoute
from patrols.models.shift import Shift
from patrols.models.spot import Spot, SpotType, Visit, VisitPhoto
from patrols.models.track import DroppedDay, Retention, Track
from patrols.models.tracker import Tracker

__all__ = [
    "Alert",
    "AlertRule",
    "Coverage",
    "DroppedDay",
    "DutyHours",
    "Fix",
    "FixBatch",
    "LivePosition",
    "RecordedBlock",
    "Retention",
    "RouteStop",
    "Shift",
    "SimulatedDay",
    "Spot",
    "SpotRoute",
    "SpotType",
    "Track",
    "Tracker",
    "Visit",
    "VisitPhoto",
]
