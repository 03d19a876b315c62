"""Whether positions look written in another datum than the one they were declared in.

A position with an address has a witness: the ground that the address names. Each datum is assumed
in turn; where the declared one leaves the position outside that ground and another brings it back,
the other explains it better. One position proves nothing, since addresses are misread and people
stand across the road; many that all point the same way do. Nothing here corrects a position.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.kernel.datum import Datum
from gis.kernel.snap.metric import metres_per_degree

__all__ = ["Evidence", "Looks", "Sample", "best_datum", "looks", "metres_outside", "shift_m"]

# A difference below this is the width of a street and of what a phone is wrong by.
MARGIN_M: Final = 50.0
# An address whose ground is this far away under every datum was misread: it says nothing.
NEAR_M: Final = 150.0
# Flagged only when so few coins, all thrown as often as positions had something to say, would fall
# as one-sidedly; when so many of them agree; and when they stand on so many different grounds,
# since one misplaced name would otherwise speak for a whole channel.
CHANCE: Final = 0.001
AGREEMENT: Final = 0.8
GROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """A position under one assumed datum.

    `offset_m` is how far it lies from the spot that the address names (None without one),
    `outside_m` how far outside the named ground, or without a name outside the place's; 0 inside.
    """

    offset_m: float | None
    outside_m: float
    on_ground: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What one report says: metres outside its ground by datum, and which ground that is.

    `shift_m` is (east, north) from the named spot to the position as it was declared.
    """

    declared: Datum
    outside_m: Mapping[Datum, float]
    ground: str
    shift_m: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What samples of one declared datum say together.

    `share` is of the `telling` ones, those that `like` and `declared` explain differently, that
    speak for `like`; `is_displaced` whether that is beyond doubt. `shift_m` is the median.
    """

    declared: Datum
    like: Datum
    is_displaced: bool
    share: float
    telling: int
    checked: int
    shift_m: tuple[float, float] | None


def shift_m(lon: float, lat: float, from_lon: float, from_lat: float) -> tuple[float, float]:
    """Metres to the east and to the north, from one near position to another (WGS-84 degrees).

    >>> [round(metres) for metres in shift_m(120.41, 36.07, 120.40, 36.07)]
    [901, 0]
    """
    lon_m, lat_m = metres_per_degree(from_lat)
    return (lon - from_lon) * lon_m, (lat - from_lat) * lat_m


def metres_outside(lon: float, lat: float, ground: BaseGeometry) -> float:
    """How far a position lies from `ground` (WGS-84 degrees); 0 on it."""
    lon_m, lat_m = metres_per_degree(lat)

    def plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(points[:, 0] - lon) * lon_m, (points[:, 1] - lat) * lat_m])

    return float(shapely.distance(shapely.transform(ground, plane), shapely.Point(0.0, 0.0)))


def best_datum(declared: Datum, evidence: Mapping[Datum, Evidence]) -> Datum | None:
    """The datum that explains a position best; None when all explain it alike, or none does.

    The declared one is kept unless another is better by more than a street's width; between others
    that are equally good the one nearer to the named spot is taken.
    """
    outside = {datum: one.outside_m for datum, one in evidence.items()}
    nearest = min(outside.values())
    if max(outside.values()) - nearest <= MARGIN_M or nearest > NEAR_M:
        return None
    if outside[declared] - nearest <= MARGIN_M:
        return declared
    return min(outside, key=lambda datum: (outside[datum], evidence[datum].offset_m or 0.0))


def looks(samples: Sequence[Sample]) -> Looks | None:
    """What `samples`, all declared in one datum, look like; None without any."""
    if not samples:
        return None
    declared = samples[0].declared
    shifts = [one.shift_m for one in samples if one.shift_m is not None]
    middle = (median(e for e, _ in shifts), median(n for _, n in shifts)) if shifts else None
    others = [one for one in (Datum.WGS84, Datum.GCJ02, Datum.BD09) if not _same(one, declared)]
    found = [_against(declared, other, samples, middle) for other in others]
    return max(found, key=lambda one: (one.is_displaced, _explained(one.like, samples)))


def _same(one: Datum, other: Datum) -> bool:
    """CGCS2000 and WGS-84 are the same numbers."""
    pair = {Datum.WGS84, Datum.CGCS2000}
    return one is other or {one, other} == pair


def _explained(datum: Datum, samples: Sequence[Sample]) -> int:
    return sum(one.outside_m[datum] <= MARGIN_M for one in samples)


def _against(
    declared: Datum,
    other: Datum,
    samples: Sequence[Sample],
    middle: tuple[float, float] | None,
) -> Looks:
    pairs = [(one.outside_m[declared], one.outside_m[other], one.ground) for one in samples]
    pairs = [one for one in pairs if min(one[:2]) <= NEAR_M]
    grounds = [ground for mine, its, ground in pairs if mine - its > MARGIN_M]
    better, telling = len(grounds), sum(abs(mine - its) > MARGIN_M for mine, its, _ in pairs)
    share = better / telling if telling else 0.0
    return Looks(
        declared=declared,
        like=other,
        is_displaced=share >= AGREEMENT
        and len(set(grounds)) >= GROUNDS
        and _by_chance(better, telling) <= CHANCE,
        share=share,
        telling=telling,
        checked=len(samples),
        shift_m=middle,
    )


def _by_chance(better: int, of: int) -> float:
    """The chance that so many or more of that many coins show the same given side."""
    return float(sum(math.comb(of, k) for k in range(better, of + 1)) / 2**of)
