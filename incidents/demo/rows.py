"""What the generator takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

__all__ = ["DrawnReport", "Ground"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The blocks of a place, in order of code, and its outline (WGS-84 degrees)."""

    polygons: NDArray[np.object_]
    people: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    kinds: NDArray[np.str_]
    names: tuple[str, ...]
    outline: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class DrawnReport:
    """One report of the history. The position is as its channel sends it, in `datum`."""

    received_at: datetime
    occurred_at: datetime
    channel: str
    kind: str
    category: str
    description: str
    address: str
    lon: float
    lat: float
    datum: str
    accuracy_m: float | None
