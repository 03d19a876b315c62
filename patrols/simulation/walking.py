"""Where a worker walks: from spot to spot of the own grid, a position a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grids.demo.chance import generator
from patrols.simulation.duty import Duty, duties_of
from patrols.simulation.straying import RIDE_M_S, errand, heard

__all__ = ["EVERY_S", "Beat", "Walk", "draw_walks"]

FloatArray = NDArray[np.float64]

EVERY_S = 60
WALK_M_S = 1.25
WIDE_M2 = 1_000_000.0  # in so wide a grid one rides
REACH_M = 900.0  # on foot nobody goes further from where the day began
_TRIES = 40
_KEPT = 0.9
# Of a thousand positions: too inaccurate, somewhere else altogether, at zero island.
_BAD, _ASTRAY, _ZERO = 0.004, 0.0008, 0.0002


@dataclass(frozen=True, slots=True)
class Beat:
    """A worker and their grid: `ground` in metres of the place's metric system."""

    worker: int
    grid: str
    ground: BaseGeometry


@dataclass(frozen=True, slots=True)
class Walk:
    """One duty of one worker. `time`: epoch seconds; positions in WGS-84 degrees; all (n,).

    `number` tells the duties of a worker's day apart, from 1.
    """

    worker: int
    grid: str
    number: int
    started_at: datetime
    ended_at: datetime
    late: bool
    time: FloatArray
    lon: FloatArray
    lat: FloatArray
    accuracy_m: FloatArray
    speed_m_s: FloatArray
    heading_deg: FloatArray
    battery: FloatArray


def draw_walks(
    beats: Sequence[Beat], *, day: date, zone: ZoneInfo, seed: str, srid_m: int
) -> list[Walk]:
    """The duties of `day`, beat by beat: the same for the same seed, day and grid."""
    back = pyproj.Transformer.from_crs(srid_m, 4326, always_xy=True)
    walks = []
    for beat in beats:
        rng = generator(seed, day.isoformat(), beat.grid)
        for number, duty in enumerate(duties_of(rng, day, zone), 1):
            # Of their own, so that who strays walks the same as without.
            strays = generator(seed, day.isoformat(), beat.grid, "strays", number)
            walks.append(_walk(beat, number, duty, rng, strays, back))
    return walks


def _walk(
    beat: Beat,
    number: int,
    duty: Duty,
    rng: np.random.Generator,
    strays: np.random.Generator,
    back: pyproj.Transformer,
) -> Walk:
    began, ended = duty.started_at.timestamp(), duty.ended_at.timestamp()
    time = np.arange(began + rng.integers(2, EVERY_S), ended, EVERY_S, dtype=np.float64)
    x, y = errand(beat.ground, time - began, *_path(beat.ground, time - began, rng), strays)
    accuracy_m = np.round(4.0 + rng.gamma(2.0, 3.0, time.size), 1)
    # The error of one minute is much like that of the minute before.
    error = np.array([_drift(rng, time.size), _drift(rng, time.size)]) * accuracy_m / 2.5
    lon, lat = back.transform(x + error[0], y + error[1])
    speed, heading = _motion(x, y)
    _soil(rng, lon, lat, accuracy_m)
    full = 100 - 12 * number
    battery = np.asarray(np.round(np.clip(full - (time - began) / 3600 * 5.5, 4, 100)), np.float64)
    told = heard(time - began, strays)
    columns = (time, np.round(lon, 6), np.round(lat, 6), accuracy_m, speed, heading, battery)
    return Walk(
        beat.worker, beat.grid, number, duty.started_at, duty.ended_at, duty.late,
        *(column[told] for column in columns),
    )  # fmt: skip


def _path(
    ground: BaseGeometry, after_s: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Where one is so many seconds after the beginning, metres: legs between spots, with stops."""
    pace = RIDE_M_S if ground.area > WIDE_M2 else WALK_M_S
    spots = _spots(ground, rng)
    legs = np.hypot(*np.diff(spots, axis=0).T) / (pace * rng.uniform(0.8, 1.15, len(spots) - 1))
    stops = rng.exponential(150.0, len(spots))
    arrive = np.concatenate([[0.0], np.cumsum(legs + stops[:-1])])
    leave = arrive + stops
    turns = np.column_stack([arrive, leave]).ravel()
    # Who has been everywhere begins anew.
    at = np.mod(after_s, turns[-1]) if turns[-1] > 0 else np.zeros_like(after_s)
    places = np.repeat(spots, 2, axis=0)
    return np.interp(at, turns, places[:, 0]), np.interp(at, turns, places[:, 1])


def _spots(ground: BaseGeometry, rng: np.random.Generator) -> FloatArray:
    """Spots of the grid in an order that one would walk: always on to the nearest of the rest."""
    west, south, east, north = ground.bounds
    tried = rng.uniform((west, south), (east, north), (_TRIES, 2))
    inside = tried[shapely.contains_xy(ground, tried[:, 0], tried[:, 1])]
    middle = shapely.get_coordinates(shapely.point_on_surface(ground))
    points = np.concatenate([middle, inside])
    if ground.area <= WIDE_M2:
        near = np.hypot(*(points - points[0]).T) <= REACH_M
        points = points[near]
    away = np.hypot(points[:, None, 0] - points[:, 0], points[:, None, 1] - points[:, 1])
    route = [0]
    for _ in range(len(points) - 1):
        away[:, route[-1]] = np.inf
        route.append(int(away[route[-1]].argmin()))
    return np.asarray(points[route])


def _drift(rng: np.random.Generator, count: int) -> FloatArray:
    """A chain of unit variance that keeps nine tenths of each step's value for the next."""
    steps = np.concatenate([rng.normal(0.0, 1.0, 1), rng.normal(0.0, 0.436, count)])
    kept = _KEPT ** np.arange(count + 1)
    return np.asarray((np.cumsum(steps / kept) * kept)[1:])


def _motion(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Speed in m/s and heading in degrees from north, from one position to the next."""
    if x.size < 2:
        return np.zeros(x.size), np.zeros(x.size)
    east, north = np.gradient(x), np.gradient(y)
    heading = np.mod(np.degrees(np.arctan2(east, north)), 360.0)
    return np.round(np.hypot(east, north) / EVERY_S, 2), np.round(heading)


def _soil(
    rng: np.random.Generator, lon: FloatArray, lat: FloatArray, accuracy_m: FloatArray
) -> None:
    """What real phones send now and then, so that the filter has something to name."""
    drawn = rng.random(lon.size)
    bad = drawn < _BAD
    accuracy_m[bad] = np.round(rng.uniform(150, 900, int(bad.sum())))
    astray = (drawn >= _BAD) & (drawn < _BAD + _ASTRAY)
    lon[astray] += 0.05
    zero = (drawn >= _BAD + _ASTRAY) & (drawn < _BAD + _ASTRAY + _ZERO)
    lon[zero] = lat[zero] = 0.0
