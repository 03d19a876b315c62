"""Telling a position from what only looks like one."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from grids.models import Place

__all__ = ["Refused", "Surroundings", "numbers_of", "position_of"]

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_PAIR = re.compile(rf"\(?\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*\)?")
_WKT = re.compile(rf"POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)", re.IGNORECASE)
# How near a placeholder still is the placeholder: what a rounded copy of it differs by.
_SAME_DEG = 1e-6
# As far again as a place is wide, on every side, is still its surroundings.
_ROOM = 1.0
_LEAST_ROOM_DEG = 0.2


class Refused(Exception):
    """A row that cannot be used, and why: a short name, and words for a person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A generous box round a place, in degrees: tells longitude from latitude."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, place: Place) -> Surroundings:
        west, south, east, north = place.envelope.extent
        room = max((east - west) * _ROOM, (north - south) * _ROOM, _LEAST_ROOM_DEG)
        return cls(west - room, south - room, east + room, north + room)

    def hold(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def numbers_of(point: str, *, latitude_first: bool) -> tuple[str, str]:
    """Longitude and latitude out of one cell: `POINT (x y)`, or two numbers in brackets or not."""
    text = point.strip()
    if wkt := _WKT.fullmatch(text):
        return wkt[1], wkt[2]
    pair = _PAIR.fullmatch(text)
    if pair is None:
        if not text:
            raise Refused("missing_position", "位置为空 (no position)")
        raise Refused("bad_position", f"{text[:40]!r} 不是位置 (not a position)")
    return (pair[2], pair[1]) if latitude_first else (pair[1], pair[2])


def position_of(
    lon: str,
    lat: str,
    *,
    placeholders: Sequence[tuple[float, float]],
    surroundings: Surroundings,
) -> tuple[float, float]:
    """The position of a row as it was sent. Raises `Refused` for one that is none."""
    x, y = _number("经度 lon", lon), _number("纬度 lat", lat)
    if 0.0 in (x, y) and not surroundings.hold(x, y):
        raise Refused("missing_position", f"位置为 {lon}, {lat} (zero means no position)")
    if abs(x) > 180.0 or abs(y) > 90.0:
        raise _not_degrees(x, y)
    if any(abs(x - a) < _SAME_DEG and abs(y - b) < _SAME_DEG for a, b in placeholders):
        raise Refused(
            "placeholder", f"位置 {lon}, {lat} 是来源系统的默认值 (the source's default position)"
        )
    if not surroundings.hold(x, y) and surroundings.hold(y, x):
        raise Refused("swapped", f"经纬度颠倒：{lon}, {lat} (latitude and longitude are swapped)")
    return x, y


def _number(name: str, text: str) -> float:
    if not text.strip():
        raise Refused("missing_position", f"{name} 为空 (no position)")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refused("bad_position", f"{name} {text[:40]!r} 不是有限数 (not a finite number)")
    return value


def _not_degrees(x: float, y: float) -> Refused:
    if abs(x) <= 90.0 and abs(y) <= 180.0:
        return Refused("swapped", f"经纬度颠倒：{x:g}, {y:g} (latitude and longitude are swapped)")
    if max(abs(x), abs(y)) > 1000.0:
        return Refused("projected", f"{x:g}, {y:g} 是投影坐标，不是经纬度 (projected, not degrees)")
    return Refused("out_of_range", f"{x:g}, {y:g} 超出经纬度范围 (out of range)")
