"""Shifts, the fixes of a worker on duty, and what they have seen."""

from patrols.models.coverage import Coverage, SimulatedDay
from patrols.models.fix import Fix, FixBatch
from patrols.models.shift import Shift
from patrols.models.tracker import Tracker

__all__ = ["Coverage", "Fix", "FixBatch", "Shift", "SimulatedDay", "Tracker"]
