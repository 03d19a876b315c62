"""What can be wrong with a division of the ground, said so that its author can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

__all__ = ["Problem", "Severity", "errors", "moved", "warnings"]


class Severity(StrEnum):
    """An error refuses the whole; a warning is told; a note says what was done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """One thing, where it is (`geometry`, in the CRS of what was checked) and whose it is.

    `features` are codes, or `#3` for the third feature of a file that has no usable code.
    """

    kind: str
    zh: str
    en: str
    severity: Severity = Severity.ERROR
    features: tuple[str, ...] = ()
    geometry: BaseGeometry | None = None
    width_m: float | None = None
    area_m2: float | None = None

    def __str__(self) -> str:
        whose = "、".join(self.features[:4]) + ("…" if len(self.features) > 4 else "")
        return f"[{self.kind}] {whose + ' ' if whose else ''}{self.zh} ({self.en})"

    def at(self, geometry: BaseGeometry | None) -> "Problem":
        """The same problem with its place given in other coordinates."""
        return replace(self, geometry=geometry)

    def as_feature(self) -> dict[str, Any]:
        """A GeoJSON feature (RFC 7946) of this problem; `geometry` must be WGS-84 by then."""
        place = self.geometry
        return {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(place) if place and not place.is_empty else None,
            "properties": {
                "kind": self.kind,
                "severity": str(self.severity),
                "features": list(self.features),
                "message": self.zh,
                "message_en": self.en,
                "width_m": None if self.width_m is None else round(self.width_m, 4),
                "area_m2": None if self.area_m2 is None else round(self.area_m2, 3),
            },
        }


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that refuse."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def warnings(problems: Iterable[Problem]) -> list[Problem]:
    """Those that are only told."""
    return [problem for problem in problems if problem.severity is Severity.WARNING]


def moved(problems: Iterable[Problem]) -> list[Problem]:
    """The notes of ground that changed hands."""
    return [problem for problem in problems if problem.kind == "moved"]
