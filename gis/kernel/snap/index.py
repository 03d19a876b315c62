"""The snap index: build once per edition, then ask as often as you like."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidCoordinate, InvalidInput, InvalidTerritory
from gis.kernel.snap.answer import PROVISIONAL_BELOW, SnapAnswer, SnapMethod
from gis.kernel.snap.build import build_tables
from gis.kernel.snap.lookup import Lookup
from gis.kernel.snap.metric import (
    circle_areas_m2,
    local_edges,
    metres_per_degree,
    squared_distances_m2,
)
from gis.kernel.snap.outline import Outline, take_apart
from gis.kernel.snap.tables import Tables

__all__ = ["METHODS", "SnapIndex"]

METHODS = (SnapMethod.INSIDE, SnapMethod.BORDER, SnapMethod.NEAREST, SnapMethod.OUTSIDE)

_Row = NDArray[np.float64]
# Distances closer than this are the same corner seen from two polygons.
_SAME_M = 1e-6
# A circle smaller than this is the point itself; a length beyond this is no length on Earth.
_POINT_M = 1e-3
_FARTHEST_M = 2e7
# Shares under this are rounding.
_NO_SHARE = 1e-9


class SnapIndex:
    """Finds the polygon of a point, as PostGIS `ST_Covers` with ties to the lowest code would.

    Positions are WGS-84 degrees (EPSG:4326, x then y), distances metres. An id is a place in
    `codes`, which is sorted. It answers from memory, never changes, is safe to share between
    threads and can be pickled.

    >>> from shapely import box
    >>> index = SnapIndex.build([box(120.5, 36, 120.6, 36.1), box(120.4, 36, 120.5, 36.1)], "BA")
    >>> index.codes, index.locate(120.45, 36.05), index.locate(120.5, 36.05), index.locate(1, 1)
    (('A', 'B'), 0, 0, -1)
    """

    def __init__(self, codes: tuple[str, ...], outline: Outline, tables: Tables) -> None:
        self.codes = codes
        self._outline = outline
        self._tables = tables
        self._lookup = Lookup(tables)

    @classmethod
    def build(
        cls, geometries: Sequence[BaseGeometry], codes: Sequence[str], *, cell_m: float = 32.0
    ) -> "SnapIndex":
        """Index valid polygons or multipolygons (EPSG:4326); `codes` must be unique.

        `cell_m` is the size of the large raster cells; it changes memory and speed, no answer.
        Raises InvalidTerritory naming the code of what is empty, invalid, out of range or overlaps
        another by a whole cell, InvalidInput for repeated codes.
        """
        order = sorted(range(len(codes)), key=lambda k: codes[k])
        sorted_codes = tuple(codes[k] for k in order)
        for one, next_one in itertools.pairwise(sorted_codes):
            if one == next_one:
                raise InvalidInput("the code appears twice", one)
        if not (math.isfinite(cell_m) and cell_m > 0):
            raise InvalidInput("must be a positive number of metres", "cell_m")
        if len(geometries) != len(codes):
            raise InvalidTerritory(f"{len(geometries)} polygons but {len(codes)} codes")
        outline = take_apart([geometries[k] for k in order], sorted_codes)
        return cls(sorted_codes, outline, build_tables(outline, sorted_codes, cell_m))

    def __reduce__(self) -> tuple[Any, ...]:
        return SnapIndex, (self.codes, self._outline, self._tables)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = [*self._outline, *self._tables]
        return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))

    def locate_many(self, lon: _Row, lat: _Row) -> NDArray[np.int32]:
        """Return for float64 arrays (n,) the id of each point, -1 outside; ties to the lowest code.

        Raises InvalidCoordinate naming the first row that is not finite or out of range.
        """
        from gis.kernel.snap.compiled import locate_into

        lon = np.ascontiguousarray(lon, np.float64)
        lat = np.ascontiguousarray(lat, np.float64)
        if lon.ndim != 1 or lon.shape != lat.shape:
            raise InvalidInput(f"lon and lat must be (n,) arrays, got {lon.shape}, {lat.shape}")
        found = np.empty(len(lon), np.int32)
        bad = locate_into(self._tables, lon, lat, found)
        if bad >= 0:
            message = f"({lon[bad]}, {lat[bad]}) is not a longitude and latitude"
            raise InvalidCoordinate(message, f"row {bad}")
        return found

    def locate(self, lon: float, lat: float) -> int:
        """Return the id of the polygon that covers the point, -1 outside; ties to the lowest code.

        Raises InvalidCoordinate if the point is not finite or out of range.
        """
        return self._lookup.locate(lon, lat)

    def covering(self, lon: float, lat: float) -> tuple[int, ...]:
        """Return the ids of all polygons that cover the point, ascending; several on a border."""
        return tuple(polygon for polygon, _ in self._lookup.states(lon, lat))

    def border_distance_m(self, lon: float, lat: float) -> float:
        """Return the metres to the nearest border of any polygon, 0 on it.

        Inside a polygon that is its own nearest border, so polygons must not overlap.
        """
        return self._border_distance_m(lon, lat, self._lookup.states(lon, lat))

    def nearest(self, lon: float, lat: float, within_m: float) -> tuple[int, float] | None:
        """Return (id, metres) of the polygon nearest to the point, None if further than `within_m`.

        A polygon that covers the point is 0 m away. Ties go to the lowest code.
        """
        _require_length(within_m, "within_m")
        states = self._lookup.states(lon, lat)
        if states:
            return states[0][0], 0.0
        return self._nearest(lon, lat, within_m)

    def shares(self, lon: float, lat: float, accuracy_m: float) -> list[tuple[int, float]]:
        """Return (id, share) for each polygon that the circle of radius `accuracy_m` reaches.

        Shares are of the whole circle, largest first, ties by code. What lies outside every
        polygon belongs to nobody, so they add up to less than 1 there.
        """
        _require_length(accuracy_m, "accuracy_m")
        self._lookup.states(lon, lat)
        if accuracy_m < _POINT_M:
            return [(polygon, 1.0) for polygon in self.covering(lon, lat)[:1]]
        near = np.flatnonzero(self._box_distances_m(lon, lat) < accuracy_m)
        if not len(near):
            return []
        edges, starts, sign = self._edges_of(near)
        areas = circle_areas_m2(*local_edges(edges, lon, lat), accuracy_m) * sign
        found = np.add.reduceat(areas, starts) / (math.pi * accuracy_m**2)
        ranked = sorted(zip(near.tolist(), found.tolist(), strict=True), key=_largest_first)
        return [(polygon, min(share, 1.0)) for polygon, share in ranked if share > _NO_SHARE]

    def answer(
        self, lon: float, lat: float, *, accuracy_m: float | None = None, tolerance_m: float = 0.0
    ) -> SnapAnswer:
        """Snap a point: into the polygon that covers it, else the nearest within `tolerance_m`.

        `accuracy_m` is the radius of the circle in which the point may really lie, None if unknown.
        Raises InvalidCoordinate, and InvalidInput for a length that is negative or not on Earth.
        """
        _require_length(tolerance_m, "tolerance_m")
        states = self._lookup.states(lon, lat)
        border_m = self._border_distance_m(lon, lat, states)
        grid, method = self._choose(lon, lat, states, tolerance_m)
        found = SnapAnswer(grid, method, border_m, False, ())
        if accuracy_m is not None:
            _require_length(accuracy_m, "accuracy_m")
            if accuracy_m > border_m:
                return _with_shares(found, self.shares(lon, lat, accuracy_m))
        return found

    def answer_many(
        self,
        lon: _Row,
        lat: _Row,
        *,
        accuracy_m: Sequence[float | None] | None = None,
        tolerance_m: float = 0.0,
    ) -> list[SnapAnswer]:
        """Return for float64 arrays (n,) what `answer` says of each point, much faster.

        Raises InvalidCoordinate naming the first row that is not finite or out of range.
        """
        _require_length(tolerance_m, "tolerance_m")
        found = self.locate_many(lon, lat)
        near, border_m = self._borders(lon, lat, found)
        method = np.where(found >= 0, 0, np.where(border_m <= tolerance_m, 2, 3))
        answers = [
            SnapAnswer(grid if how < 3 else None, METHODS[how], metres, False, ())
            for grid, how, metres in zip(
                near.tolist(), method.tolist(), border_m.tolist(), strict=True
            )
        ]
        radius_m = np.zeros(len(found))
        if accuracy_m is not None:
            radius_m[:] = [0.0 if one is None else one for one in accuracy_m]
        for row in np.flatnonzero(radius_m > border_m).tolist():
            shares = self.shares(float(lon[row]), float(lat[row]), float(radius_m[row]))
            answers[row] = _with_shares(answers[row], shares)
        # On a border the single look-up decides. Exactly on a long edge, the measured distance may
        # be some micrometres: it is measured in a plane of the point's own.
        for row in np.flatnonzero(
            self._on_border(lon, lat, found) | (border_m <= _SAME_M)
        ).tolist():
            radius = None if accuracy_m is None else accuracy_m[row]
            answers[row] = self.answer(
                float(lon[row]), float(lat[row]), accuracy_m=radius, tolerance_m=tolerance_m
            )
        return answers

    def snap_many(
        self, lon: _Row, lat: _Row, *, tolerance_m: float = 0.0
    ) -> tuple[NDArray[np.int32], NDArray[np.int8], _Row]:
        """Return for float64 arrays (n,) the id (-1 outside), the method and the metres outside.

        The method is a place in `METHODS`; id and method are those of `answer`. The metres are of
        `nearest` points, 0 for others: nothing else is measured, which makes this much faster than
        `answer_many`. Raises InvalidCoordinate naming the first row that is not finite or out of
        range.
        """
        from gis.kernel.snap.borders import near_any_into

        _require_length(tolerance_m, "tolerance_m")
        lon, lat = np.ascontiguousarray(lon, np.float64), np.ascontiguousarray(lat, np.float64)
        found = self.locate_many(lon, lat)
        away_m = np.zeros(len(found))
        on_border = self._on_border(lon, lat, found)
        method = np.where(on_border, 1, np.where(found >= 0, 0, 3)).astype(np.int8)
        out = np.flatnonzero(found < 0)
        if len(out) and tolerance_m > 0:
            near = np.empty(len(out), np.bool_)
            near_any_into(self._tables, lon[out], lat[out], tolerance_m, near)
            out = out[near]
            nearest, metres = self._borders(lon[out], lat[out], found[out])
            reached = metres <= tolerance_m
            out = out[reached]
            found[out], away_m[out], method[out] = nearest[reached], metres[reached], 2
        return found, method, away_m

    def _on_border(self, lon: _Row, lat: _Row, found: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which points lie exactly on the border of their polygon `found`."""
        from gis.kernel.snap.borders import on_border_into

        on_border = np.empty(len(found), np.bool_)
        on_border_into(self._tables, lon, lat, found, on_border)
        return on_border

    def _borders(
        self, lon: _Row, lat: _Row, found: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], _Row]:
        """Return `found` with the nearest polygon for -1, and the metres to that one's border."""
        from gis.kernel.snap.borders import borders_into

        near, border_m = np.empty(len(found), np.int32), np.empty(len(found), np.float64)
        outline = self._outline
        borders_into(
            outline.edges, outline.polygon_first, outline.bounds, lon, lat, found, near, border_m
        )
        return near, border_m

    def _choose(
        self, lon: float, lat: float, states: list[tuple[int, int]], tolerance_m: float
    ) -> tuple[int | None, SnapMethod]:
        if states:
            on_border = len(states) > 1 or states[0][1] == 0
            return states[0][0], SnapMethod.BORDER if on_border else SnapMethod.INSIDE
        found = self._nearest(lon, lat, tolerance_m) if tolerance_m > 0 else None
        return (found[0], SnapMethod.NEAREST) if found else (None, SnapMethod.OUTSIDE)

    def _border_distance_m(self, lon: float, lat: float, states: list[tuple[int, int]]) -> float:
        if any(state == 0 for _, state in states):
            return 0.0
        if states:
            return min(self._distance_m(lon, lat, polygon) for polygon, _ in states)
        found = self._nearest(lon, lat, math.inf)
        return found[1] if found else math.inf

    def _nearest(self, lon: float, lat: float, within_m: float) -> tuple[int, float] | None:
        box_m = self._box_distances_m(lon, lat)
        first_try = int(np.argmin(box_m))
        if box_m[first_try] > within_m:
            return None
        reach_m = min(self._distance_m(lon, lat, first_try), within_m)
        near = np.flatnonzero(box_m <= reach_m + _SAME_M)
        edges, starts, _ = self._edges_of(near)
        nearest_m2 = np.minimum.reduceat(squared_distances_m2(edges, lon, lat), starts)
        distances_m = np.sqrt(nearest_m2)
        least_m = float(distances_m.min())
        if least_m > within_m:
            return None
        # `near` ascends, so the first that is as close is the lowest code.
        return int(near[np.argmax(distances_m <= least_m + _SAME_M)]), least_m

    def _edges_of(self, polygons: NDArray[np.intp]) -> tuple[_Row, list[int], NDArray[np.int8]]:
        """Return edges (n, 4) of some polygons, where each polygon's begin, and the signs (n,)."""
        first = self._outline.polygon_first
        slices = [slice(first[polygon], first[polygon + 1]) for polygon in polygons.tolist()]
        lengths = [0, *(int(part.stop - part.start) for part in slices[:-1])]
        return (
            np.concatenate([self._outline.edges[part] for part in slices]),
            list(itertools.accumulate(lengths)),
            np.concatenate([self._outline.sign[part] for part in slices]),
        )

    def _distance_m(self, lon: float, lat: float, polygon: int) -> float:
        first = self._outline.polygon_first
        edges = self._outline.edges[first[polygon] : first[polygon + 1]]
        return math.sqrt(squared_distances_m2(edges, lon, lat).min())

    def _box_distances_m(self, lon: float, lat: float) -> _Row:
        """Return for each polygon (P,) a lower bound of its distance in metres."""
        lon_m, lat_m = metres_per_degree(lat)
        bounds = self._outline.bounds
        east = np.maximum(np.maximum(bounds[:, 0] - lon, lon - bounds[:, 2]), 0.0)
        north = np.maximum(np.maximum(bounds[:, 1] - lat, lat - bounds[:, 3]), 0.0)
        # The narrowest parallel in reach keeps the bound low enough.
        farthest = np.abs(bounds[:, 1::2] - lat).max()
        narrow_m = metres_per_degree(min(abs(lat) + farthest, 90.0))[0]
        distances: _Row = np.hypot(east * min(lon_m, narrow_m), north * lat_m)
        return distances


def _with_shares(found: SnapAnswer, shares: list[tuple[int, float]]) -> SnapAnswer:
    provisional = bool(shares) and shares[0][1] < PROVISIONAL_BELOW
    return SnapAnswer(found.grid, found.method, found.border_distance_m, provisional, tuple(shares))


def _largest_first(candidate: tuple[int, float]) -> tuple[float, int]:
    # Rounded, so that halves of a circle tie whichever way the last bit fell.
    return -round(candidate[1], 9), candidate[0]


def _require_length(value_m: float, field: str) -> None:
    if not 0 <= value_m <= _FARTHEST_M:
        raise InvalidInput(f"must be a number of metres from 0 to {_FARTHEST_M:.0f}", field)
