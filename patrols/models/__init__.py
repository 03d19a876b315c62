"""Shifts, the fixes of a worker on duty, what they have seen, and the places they visit."""

from patrols.models.coverage import Coverage, SimulatedDay
from patrols.models.fix import Fix, FixBatch
from patrols.models.live import LivePosition
from patrols.models.route import RouteStop, SpotRoute
from patrols.models.shift import Shift
from patrols.models.spot import Spot, SpotType, Visit, VisitPhoto
from patrols.models.tracker import Tracker

__all__ = [
    "Coverage",
    "Fix",
    "FixBatch",
    "LivePosition",
    "RouteStop",
    "Shift",
    "SimulatedDay",
    "Spot",
    "SpotRoute",
    "SpotType",
    "Tracker",
    "Visit",
    "VisitPhoto",
]
