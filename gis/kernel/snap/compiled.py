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

from gis.kernel.snap.tables import AMBIGUOUS, BLOCK_BITS, BLOCK_SIDE, EMPTY, OUTSIDE, Tables

__all__ = ["compiled", "first_covering", "locate_into", "polygon_state"]

_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """Compile on first use, keep the machine code on disk, release the GIL while running."""
    return cast(_F, numba.njit(cache=True, nogil=True)(function))


@compiled
def ring_state(edges: NDArray[np.float64], start: int, end: int, x: float, y: float) -> int:
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
def polygon_state(t: Tables, polygon: int, x: float, y: float, row: int) -> int:
    """Return 1 inside, 0 on the boundary, -1 outside; `row` is the row of large cells of y."""
    step = row - t.row_first[polygon]
    if step < 0 or step >= t.row_count[polygon]:
        return -1
    slot = t.slab_base[polygon] + step
    start, end = t.slab_first[slot], t.slab_first[slot + 1]
    if t.plain[polygon]:
        return ring_state(t.slabs, start, end, x, y)
    return rings_state(t, start, end, x, y)


@compiled
def first_covering(t: Tables, block: int, x: float, y: float, row: int) -> int:
    """Return the place in `candidates` of the first of the block to cover the point, or -1."""
    for k in range(t.first[block], t.first[block + 1]):
        if polygon_state(t, t.candidates[k], x, y, row) >= 0:
            return k
    return -1


@compiled
def value_in_block(t: Tables, block: int, local: int, x: float, y: float, row: int) -> int:
    """Return the id for a point whose small cell says `local`, or EMPTY."""
    if local == OUTSIDE:
        return EMPTY
    if local != AMBIGUOUS:
        return int(t.candidates[t.first[block] + local])
    place = first_covering(t, block, x, y, row)
    return EMPTY if place < 0 else int(t.candidates[place])


@compiled
def locate_into(
    t: Tables, lon: NDArray[np.float64], lat: NDArray[np.float64], out: NDArray[np.int32]
) -> int:
    """Write the id of each point or EMPTY; return the first row that is no position, or -1."""
    bad = -1
    width, height = t.raster.shape[1] * BLOCK_SIDE, t.raster.shape[0] * BLOCK_SIDE
    low = BLOCK_SIDE - 1
    for i in range(len(lon)):
        x, y = lon[i], lat[i]
        fx, fy = (x - t.west) * t.per_lon, (y - t.south) * t.per_lat
        if not (fx >= 0.0 and fx < width and fy >= 0.0 and fy < height):
            out[i] = EMPTY
            if bad < 0 and not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
                bad = i
            continue
        column, line = int(fx), int(fy)
        row = line >> BLOCK_BITS
        value = int(t.raster[row, column >> BLOCK_BITS])
        if value < EMPTY:
            block = -2 - value
            local = int(t.blocks[block, ((line & low) << BLOCK_BITS) | (column & low)])
            value = value_in_block(t, block, local, x, y, row)
        out[i] = value
    return bad
