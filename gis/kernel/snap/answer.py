"""What a snapped point is told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["PROVISIONAL_BELOW", "SnapAnswer", "SnapMethod"]

# Below this share of the accuracy circle for the first candidate, a person decides.
PROVISIONAL_BELOW: Final = 0.60


class SnapMethod(StrEnum):
    """How a point came to its grid."""

    INSIDE = "inside"
    BORDER = "border"
    NEAREST = "nearest"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class SnapAnswer:
    """The grid of a point (an id into `SnapIndex.codes`), and how sure that is.

    `candidates` holds (id, share of the whole accuracy circle), largest share first, and is empty
    unless the circle crosses a border. `provisional` means that the first share is under 60 %.
    """

    grid: int | None
    method: SnapMethod
    border_distance_m: float
    provisional: bool
    candidates: tuple[tuple[int, float], ...]
