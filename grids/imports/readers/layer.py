"""What a reader makes of a file: features as they are written, and their CRS."""

from dataclasses import dataclass, field
from typing import Any

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation import Problem

__all__ = ["MAX_FEATURES", "MAX_TOTAL_VERTICES", "Feature", "Layer"]

MAX_FEATURES = 50_000
MAX_TOTAL_VERTICES = 20_000_000


@dataclass
class Feature:
    """One feature; `number` counts from 1 in the order of the file."""

    number: int
    properties: dict[str, Any]
    geometry: BaseGeometry | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"#{self.number}"


@dataclass
class Layer:
    """The features of a file; `crs` is None where the file does not declare one."""

    format: str
    features: list[Feature]
    crs: CRS | None
