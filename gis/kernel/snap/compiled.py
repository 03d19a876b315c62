"""The exact predicate and the bulk look-up, compiled by numba.

`polygon_state` gives what PostGIS 3.3 gives for `ST_Covers(polygon, point)`: the same products in
the same order on the same directed edges, an edge counting as hit only where the side is exactly
zero. Equality is bitwise where the C compiler fuses no multiply-add, as on x86-64.

Import this module only where bulk work begins: numba takes a while to load.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from gis.kernel.snap.tables import BLOCK_BITS, BLOCK_SIDE, EMPTY, OUTSIDE, SLAB_BITS, Tables

__all__ = ["compiled", "first_covering", "locate_into", "polygon_state"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

_LOW = BLOCK_SIDE - 1
# Points per round: what is noted about them fits into the first-level cache.
_CHUNK = 4096
_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """Compile on first use, keep the machine code on disk, release the GIL while running."""
    return cast(_F, numba.njit(cache=True, nogil=True)(function))


@compiled
def ring_state(edges: FloatArray, start: int, end: int, x: float, y: float) -> int:
    """Return 1 inside, 0 on, -1 outside the ring whose edges in this row are start..end."""
    winding = 0
    for k in range(start, end):
        x1, y1, x2, y2 = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if side == 0.0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return 0
        if y1 <= y:
            if y < y2 and side > 0.0:
                winding += 1
        elif y2 <= y and side < 0.0:
            winding -= 1
    return 1 if winding != 0 else -1


@compiled
def rings_state(t: Tables, start: int, end: int, x: float, y: float) -> int:
    """Return the state of a polygon of many rings: each shell is followed by its holes."""
    inside, part, k = False, -1, start
    while k < end:
        ring, begin = t.slab_ring[k], k
        while k < end and t.slab_ring[k] == ring:
            k += 1
        shell = t.ring_is_shell[ring]
        if shell and inside:
            return 1
        if shell or (inside and t.ring_part[ring] == part):
            state = ring_state(t.slabs, begin, k, x, y)
            if state == 0:
                return 0
            inside = (state == 1) == shell
            part = t.ring_part[ring]
    return 1 if inside else -1


@compiled
def polygon_state(t: Tables, polygon: int, x: float, y: float, line: int) -> int:
    """Return 1 inside, 0 on the boundary, -1 outside; `line` is the row of small cells of y."""
    step = (line >> SLAB_BITS) - t.row_first[polygon]
    if step < 0 or step >= t.row_count[polygon]:
        return -1
    slot = t.slab_base[polygon] + step
    start, end = t.slab_first[slot], t.slab_first[slot + 1]
    if t.plain[polygon]:
        return ring_state(t.slabs, start, end, x, y)
    return rings_state(t, start, end, x, y)


@compiled
def first_covering(t: Tables, block: int, x: float, y: float, line: int) -> int:
    """Return the place in `candidates` of the first of the block to cover the point, or -1."""
    for k in range(t.first[block], t.first[block + 1]):
        if polygon_state(t, t.candidates[k], x, y, line) >= 0:
            return k
    return -1


@compiled
def _large_cells(
    t: Tables, lon: FloatArray, lat: FloatArray, out: IntArray, todo: IntArray, small: IntArray
) -> tuple[int, int]:
    """Write what the raster says; note points in crossed cells, and the first row out of range."""
    bad, count = -1, 0
    flat, columns = t.raster.reshape(t.raster.size), t.raster.shape[1]
    width, height = float(columns * BLOCK_SIDE), float(t.raster.shape[0] * BLOCK_SIDE)
    west, south, per_lon, per_lat = t.west, t.south, t.per_lon, t.per_lat
    for i in range(len(lon)):
        x, y = lon[i], lat[i]
        fx, fy = (x - west) * per_lon, (y - south) * per_lat
        if fx >= 0.0 and fx < width and fy >= 0.0 and fy < height:
            column, line = np.int64(fx), np.int64(fy)
            value = flat[np.uint64((line >> BLOCK_BITS) * columns + (column >> BLOCK_BITS))]
            out[i] = value
            # Noted always, kept only if crossed: a branch here would be guessed wrong too often.
            todo[np.uint64(count)] = i
            small[np.uint64(count)] = ((line & _LOW) << BLOCK_BITS) | (column & _LOW)
            count += value < EMPTY
        else:
            out[i] = EMPTY
            if bad < 0 and not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
                bad = i
    return count, bad


@compiled
def _small_cells(t: Tables, out: IntArray, todo: IntArray, small: IntArray, count: int) -> int:
    """Write what the blocks say about the noted points; note those in ambiguous cells instead."""
    left = 0
    blocks = t.blocks.reshape(t.blocks.size)
    for j in range(count):
        i = todo[np.uint64(j)]
        block = np.uint64(-2 - out[i])
        local = blocks[(block << np.uint64(2 * BLOCK_BITS)) | np.uint64(small[np.uint64(j)])]
        if local < OUTSIDE:
            out[i] = t.candidates[np.uint64(t.first[block] + local)]
        elif local == OUTSIDE:
            out[i] = EMPTY
        else:
            todo[np.uint64(left)] = i
            left += 1
    return left


@compiled
def _edges(
    t: Tables, lon: FloatArray, lat: FloatArray, out: IntArray, todo: IntArray, count: int
) -> None:
    """Decide the noted points by the edges themselves."""
    for j in range(count):
        i = todo[j]
        x, y = lon[i], lat[i]
        found = first_covering(t, -2 - out[i], x, y, int((y - t.south) * t.per_lat))
        out[i] = EMPTY if found < 0 else t.candidates[found]


@compiled
def locate_into(t: Tables, lon: FloatArray, lat: FloatArray, out: IntArray) -> int:
    """Write the id of each point or EMPTY; return the first row that is no position, or -1.

    In three passes over a chunk that stays in the cache: short loops without a hard branch let the
    processor fetch many cells at once.
    """
    todo, small = np.empty(_CHUNK, np.int32), np.empty(_CHUNK, np.int32)
    for start in range(0, len(lon), _CHUNK):
        x, y = lon[start : start + _CHUNK], lat[start : start + _CHUNK]
        part = out[start : start + _CHUNK]
        count, bad = _large_cells(t, x, y, part, todo, small)
        if bad >= 0:
            return start + bad
        count = _small_cells(t, part, todo, small, count)
        _edges(t, x, y, part, todo, count)
    return -1
