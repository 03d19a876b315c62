"""Polygons as intervals of bits on the rows of a frame, and what of them a canvas has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernel.coverage.frame import WORD, Frame

__all__ = ["Spans"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
Areas = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Spans:
    """Intervals first..last of bits on rows, each with the number of its polygon."""

    frame: Frame
    row: IntArray
    first: IntArray
    last: IntArray
    owner: IntArray
    sizes: NDArray[np.int64]

    @classmethod
    def build(cls, polygons: Sequence[shapely.Geometry] | Areas, frame: Frame) -> Spans:
        """Cut polygons (metres of the frame's plane, inside it) along its rows.

        A bit belongs to the polygon that holds its middle; neighbours never share one.
        """
        start, end, owner = _edges(np.asarray(polygons, dtype=object))
        row, x, owner = _crossings(start, end, owner, frame)
        bit = np.ceil((x - frame.west_m) / frame.bit_m - 0.5).astype(np.int32)
        bit = np.clip(bit, 0, frame.words * WORD)
        # Lines cross the border of a polygon in pairs: in, out, in, out.
        first, last = bit[0::2], bit[1::2] - 1
        full = first <= last
        owner = owner[0::2][full]
        first, last = first[full], last[full]
        sizes = np.bincount(owner, last - first + 1, len(polygons)).astype(np.int64)
        return cls(frame, row[0::2][full], first, last, owner, sizes)

    def seen(self, canvas: NDArray[np.uint64]) -> FloatArray:
        """The share (0-1) of each polygon that is filled; 0 for one that holds no bit at all."""
        from gis.kernel.coverage.stamping import count_bits

        counts = np.zeros(len(self.sizes), np.int64)
        count_bits(canvas, self.row, self.first, self.last, self.owner, counts)
        return np.asarray(counts / np.maximum(self.sizes, 1))


def _edges(polygons: Areas) -> tuple[FloatArray, FloatArray, IntArray]:
    """Starts and ends (n, 2) of all edges, rings of parts and holes alike, and their polygon."""
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    owner = of_part[of_ring[ring[:-1][same]]].astype(np.int32)
    return points[:-1][same], points[1:][same], owner


def _crossings(
    start: FloatArray, end: FloatArray, owner: IntArray, frame: Frame
) -> tuple[IntArray, FloatArray, IntArray]:
    """Where edges cross the middle lines of rows, by polygon, row and x."""
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    # Half-open, so that a vertex on a line counts once.
    from_row = np.ceil((low - frame.south_m) / frame.row_m - 0.5).astype(np.int64)
    until_row = np.ceil((high - frame.south_m) / frame.row_m - 0.5).astype(np.int64)
    from_row, until_row = (np.clip(rows, 0, frame.rows) for rows in (from_row, until_row))
    count = until_row - from_row
    edge = np.repeat(np.arange(len(count)), count)
    before = np.repeat(np.cumsum(count) - count, count)
    row = np.repeat(from_row, count) + np.arange(len(edge)) - before
    y = frame.south_m + (row + 0.5) * frame.row_m
    rise = end[edge, 1] - start[edge, 1]
    x = start[edge, 0] + (y - start[edge, 1]) / rise * (end[edge, 0] - start[edge, 0])
    order = np.lexsort((x, row, owner[edge]))
    return row[order].astype(np.int32), x[order], owner[edge][order]
