"""Compiled steps of building a snap index. Cells are those of `Tables`.

A cell counts as crossed if an edge comes within MARGIN_DEG of it. That is a tenth of a millimetre:
far above rounding, so in a cell that is not crossed every point has one and the same answer.
"""

import numpy as np
from numpy.typing import NDArray

from gis.kernel.snap.compiled import compiled, first_covering, polygon_state
from gis.kernel.snap.tables import (
    AMBIGUOUS,
    BLOCK_BITS,
    BLOCK_SIDE,
    EMPTY,
    OUTSIDE,
    SLAB_BITS,
    Tables,
)

__all__ = ["classify_blocks", "crossed_cells", "fill_interiors", "mark_blocks", "slab_edges"]

MARGIN_DEG = 1e-9


@compiled
def columns_of(
    x1: float, y1: float, x2: float, y2: float, low: float, high: float
) -> tuple[float, float]:
    """Return the least and greatest x of an edge between two parallels, with margin."""
    from_x, to_x = x1, x2
    if y1 != y2:
        t_low = min(max((low - MARGIN_DEG - y1) / (y2 - y1), 0.0), 1.0)
        t_high = min(max((high + MARGIN_DEG - y1) / (y2 - y1), 0.0), 1.0)
        from_x, to_x = x1 + t_low * (x2 - x1), x1 + t_high * (x2 - x1)
    return min(from_x, to_x) - MARGIN_DEG, max(from_x, to_x) + MARGIN_DEG


@compiled
def crossed_cells(
    t: Tables, edges: NDArray[np.float64], polygon_first: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return `polygon * cells + cell` for every large cell that an edge crosses, with repeats."""
    per_lon, per_lat = t.per_lon / BLOCK_SIDE, t.per_lat / BLOCK_SIDE
    columns, cells = t.raster.shape[1], t.raster.size
    keys = np.empty(4 * len(edges) + 16, np.int64)
    count = 0
    for polygon in range(len(polygon_first) - 1):
        for k in range(polygon_first[polygon], polygon_first[polygon + 1]):
            x1, y1, x2, y2 = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
            first = int((min(y1, y2) - MARGIN_DEG - t.south) * per_lat)
            last = int((max(y1, y2) + MARGIN_DEG - t.south) * per_lat)
            for row in range(first, last + 1):
                low = t.south + row / per_lat
                from_x, to_x = columns_of(x1, y1, x2, y2, low, low + 1.0 / per_lat)
                left, right = int((from_x - t.west) * per_lon), int((to_x - t.west) * per_lon)
                if count + right - left + 1 > len(keys):
                    longer = np.empty(2 * len(keys) + right - left, np.int64)
                    longer[:count] = keys[:count]
                    keys = longer
                for column in range(left, right + 1):
                    keys[count] = polygon * cells + row * columns + column
                    count += 1
    return keys[:count]


@compiled
def slab_edges(
    t: Tables, edges: NDArray[np.float64], polygon_first: NDArray[np.int32], slots: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return for each slot (polygon, strip) where it begins, and which edges lie in the slots."""
    first = np.zeros(slots + 1, np.int32)
    rows = np.empty((len(edges), 2), np.int32)
    for polygon in range(len(polygon_first) - 1):
        shift = t.slab_base[polygon] - t.row_first[polygon]
        for k in range(polygon_first[polygon], polygon_first[polygon + 1]):
            low, high = min(edges[k, 1], edges[k, 3]), max(edges[k, 1], edges[k, 3])
            rows[k, 0] = shift + (int((low - t.south) * t.per_lat) >> SLAB_BITS)
            rows[k, 1] = shift + (int((high - t.south) * t.per_lat) >> SLAB_BITS)
            for slot in range(rows[k, 0], rows[k, 1] + 1):
                first[slot + 1] += 1
    for slot in range(slots):
        first[slot + 1] += first[slot]
    which, filled = np.empty(first[slots], np.int32), first.copy()
    for k in range(len(edges)):
        for slot in range(rows[k, 0], rows[k, 1] + 1):
            which[filled[slot]] = k
            filled[slot] += 1
    return first, which


@compiled
def fill_interiors(t: Tables, keys: NDArray[np.int64]) -> tuple[int, int, int]:
    """Write ids into the large cells that lie wholly inside a polygon.

    `keys` are those of `crossed_cells`, sorted and unique. Between two crossed cells of a row the
    cells are alike, so one is asked. Return the ids and the cell of a first overlap, or -1, -1, -1.
    """
    columns, cells = t.raster.shape[1], t.raster.size
    per_lon, per_lat = t.per_lon / BLOCK_SIDE, t.per_lat / BLOCK_SIDE
    flat = t.raster.reshape(cells)
    for k in range(len(keys) - 1):
        polygon, cell = keys[k] // cells, keys[k] % cells
        following, row = keys[k + 1] % cells, cell // columns
        if keys[k + 1] // cells != polygon or following // columns != row or following - cell < 2:
            continue
        x = t.west + (cell % columns + 1.5) / per_lon
        y = t.south + (row + 0.5) / per_lat
        if polygon_state(t, polygon, x, y, int((y - t.south) * t.per_lat)) < 0:
            continue
        for inner in range(cell + 1, following):
            if flat[inner] != EMPTY:
                return flat[inner], polygon, inner
            flat[inner] = polygon
    return -1, -1, -1


@compiled
def mark_blocks(t: Tables, edges: NDArray[np.float64]) -> None:
    """Mark the small cells that an edge crosses as ambiguous."""
    low_bits = BLOCK_SIDE - 1
    for k in range(len(edges)):
        x1, y1, x2, y2 = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        first = int((min(y1, y2) - MARGIN_DEG - t.south) * t.per_lat)
        last = int((max(y1, y2) + MARGIN_DEG - t.south) * t.per_lat)
        for line in range(first, last + 1):
            low = t.south + line / t.per_lat
            from_x, to_x = columns_of(x1, y1, x2, y2, low, low + 1.0 / t.per_lat)
            left, right = int((from_x - t.west) * t.per_lon), int((to_x - t.west) * t.per_lon)
            for column in range(left, right + 1):
                value = t.raster[line >> BLOCK_BITS, column >> BLOCK_BITS]
                if value < EMPTY:
                    place = ((line & low_bits) << BLOCK_BITS) | (column & low_bits)
                    t.blocks[-2 - value, place] = AMBIGUOUS


@compiled
def classify_block(t: Tables, block: int, row: int, column: int) -> None:
    """Answer for each small cell that no edge crosses; side by side they have the same answer."""
    for line in range(BLOCK_SIDE):
        height = (row << BLOCK_BITS) + line
        y = t.south + (height + 0.5) / t.per_lat
        for place in range(line * BLOCK_SIDE, (line + 1) * BLOCK_SIDE):
            if t.blocks[block, place] == AMBIGUOUS:
                continue
            if place % BLOCK_SIDE and t.blocks[block, place - 1] != AMBIGUOUS:
                t.blocks[block, place] = t.blocks[block, place - 1]
            elif line and t.blocks[block, place - BLOCK_SIDE] != AMBIGUOUS:
                t.blocks[block, place] = t.blocks[block, place - BLOCK_SIDE]
            else:
                across = (column << BLOCK_BITS) + place % BLOCK_SIDE + 0.5
                found = first_covering(t, block, t.west + across / t.per_lon, y, height)
                local = OUTSIDE if found < 0 else found - t.first[block]
                # Too many candidates for a byte: leave those to the edges.
                t.blocks[block, place] = local if found < 0 or local < OUTSIDE else AMBIGUOUS


@compiled
def classify_blocks(t: Tables, cells: NDArray[np.int64]) -> None:
    """Answer for the small cells of every block; block k belongs to the large cell cells[k]."""
    columns = t.raster.shape[1]
    for block in range(len(cells)):
        classify_block(t, block, cells[block] // columns, cells[block] % columns)
