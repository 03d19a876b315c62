"""A position as a tracker app reports it, and reading its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.api.fields import read_instant
from gis.api.query import decimal_number
from patrols.choices import DatumCode
from patrols.services.fixes import FixColumns

__all__ = [
    "HDOP_M",
    "KNOTS_MPS",
    "Reported",
    "Unreadable",
    "columns_of",
    "degrees",
    "moment",
    "optional",
]

KNOTS_MPS = 0.514444
# A larger number is milliseconds: as seconds it would be the year 5138.
_MILLISECONDS_FROM = 1e11
_LAST_S = 253_402_214_400
_NOT_TOLD = math.nan
# What a position is off by for each unit of HDOP, with an ordinary receiver.
HDOP_M = 5.0


class Unreadable(Exception):
    """A report that is no position: which field, and what it must be, in two languages."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(field, zh, en)
        self.field, self.zh, self.en = field, zh, en


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """WGS-84 degrees, as satellites give them; metres, m/s, degrees from north, per cent; NaN is
    what was not told. `at_ms` is milliseconds since 1970.
    """

    at_ms: int
    lon: float
    lat: float
    accuracy_m: float = _NOT_TOLD
    speed_mps: float = _NOT_TOLD
    heading_deg: float = _NOT_TOLD
    battery: float = _NOT_TOLD


def columns_of(worker: int, device: str, told: Sequence[Reported]) -> FixColumns:
    """The fixes of reports. A sequence is a time, so that what is sent again is a duplicate."""

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(one, name) for one in told], np.float64)

    at_ms = np.array([one.at_ms for one in told], np.int64)
    return FixColumns(
        worker=np.full(len(told), worker, np.int64),
        device=np.full(len(told), device),
        sequence=at_ms,
        at_us=at_ms * 1000,
        lon=column("lon"),
        lat=column("lat"),
        datum=np.full(len(told), DatumCode.WGS84.value, np.int16),
        accuracy_m=column("accuracy_m"),
        speed_mps=column("speed_mps"),
        heading_deg=column("heading_deg"),
        battery=column("battery"),
    )


def degrees(value: Any, field: str, most: float) -> float:
    """Degrees within ±`most`. Raises `Unreadable`."""
    number = _number(value)
    if not abs(number) <= most:
        zh, en = f"应为 ±{most:.0f} 以内的度数。", f"Must be degrees within ±{most:.0f}."
        raise Unreadable(field, zh, en)
    return number


def optional(value: Any, most: float, *, times: float = 1.0) -> float:
    """`value` × `times` from 0 to `most`, else NaN: trackers say −1 for what they do not know."""
    number = _number(value) * times
    return number if 0 <= number <= most else _NOT_TOLD


def moment(value: Any, field: str) -> int:
    """Milliseconds since 1970 of epoch seconds, milliseconds, or a time with its zone.

    Raises `Unreadable`.
    """
    number = _number(value)
    if math.isnan(number) and isinstance(value, str):
        at = read_instant(value)
        number = (at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() if at else number
    elif number >= _MILLISECONDS_FROM:
        number /= 1000
    if not 0 <= number <= _LAST_S:
        zh, en = "应为 Unix 时间，或带时区的时间。", "Must be Unix time, or a time with its zone."
        raise Unreadable(field, zh, en)
    return round(number * 1000)


def _number(value: Any) -> float:
    """A finite number, also as text; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return _NOT_TOLD
    try:
        return decimal_number(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return _NOT_TOLD
