"""The numbers that a suggestion is made with; a deployment may set others (`PATROL_NEXT`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

__all__ = ["Numbers"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Points of a place at its worst: `stale`, `due`, `risk`; each part is a share of them, 0–1.

    A place is `stale` in full when it was not recorded for 14 days, `due` in full when it is
    `most_late_days` late, at `risk` in full with `most_near` cases within `near_m` in `near_days`.
    A way takes its straight length × `detour` at `speed_kmh`; then one stays for some minutes.
    """

    stale: float
    due: float
    risk: float
    speed_kmh: float
    detour: float
    stay_spot_min: float
    stay_cells_min: float
    near_m: float
    near_days: int
    most_near: int
    most_late_days: int

    @classmethod
    def set_up(cls) -> Numbers:
        """Those of the settings."""
        told: dict[str, Any] = settings.PATROL_NEXT
        return cls(**told)

    def walk_minutes(self, metres: Any) -> Any:
        """Minutes for straight distances in metres (a number or an array)."""
        return metres * self.detour / (self.speed_kmh * 1000.0 / 60.0)

    def told(self) -> dict[str, float]:
        return asdict(self)
