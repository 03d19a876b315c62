"""Building the tables of a snap index from polygons."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.kernel.errors import InvalidTerritory
from gis.kernel.snap.metric import metres_per_degree
from gis.kernel.snap.outline import Outline
from gis.kernel.snap.tables import BLOCK_SIDE, EMPTY, SLAB_BITS, Tables

__all__ = ["build_tables"]

# A wide territory gets larger cells instead of a raster that does not fit: 16 MB at most.
_MOST_CELLS: Final = 4_000_000


def build_tables(outline: Outline, codes: Sequence[str], cell_m: float) -> Tables:
    """Rasterise the outline with large cells of about `cell_m` metres.

    Raises InvalidTerritory if two polygons overlap by a whole cell; a smaller overlap is answered
    as it is, by the lowest code.
    """
    # Compiled code is loaded here, so that importing the package stays cheap.
    from gis.kernel.snap import tracing

    t = _slabs(_frame(outline, cell_m), outline)
    keys = np.unique(tracing.crossed_cells(t, outline.edges, outline.polygon_first))
    one, other, cell = tracing.fill_interiors(t, keys)
    if one >= 0:
        columns = t.raster.shape[1]
        lon = t.west + (cell % columns + 0.5) * BLOCK_SIDE / t.per_lon
        lat = t.south + (cell // columns + 0.5) * BLOCK_SIDE / t.per_lat
        where = f"overlaps {codes[one]} near ({lon:.5f}, {lat:.5f})"
        raise InvalidTerritory(where, codes[other])
    t, cells = _blocks(t, keys)
    tracing.mark_blocks(t, outline.edges)
    tracing.classify_blocks(t, cells)
    return t


def _frame(outline: Outline, cell_m: float) -> Tables:
    west, south = outline.bounds[:, :2].min(axis=0)
    east, north = outline.bounds[:, 2:].max(axis=0)
    lon_m, lat_m = metres_per_degree((south + north) / 2)
    area_m2 = (east - west) * lon_m * (north - south) * lat_m
    cell_m = max(cell_m, math.sqrt(area_m2 / _MOST_CELLS))
    per_lon, per_lat = lon_m / cell_m, lat_m / cell_m
    # One empty cell all round, so that truncation towards zero cannot reach a real one.
    shape = (math.ceil((north - south) * per_lat) + 3, math.ceil((east - west) * per_lon) + 3)
    none = np.empty(0, np.int32)
    return Tables(
        west=float(west - 1.0 / per_lon),
        south=float(south - 1.0 / per_lat),
        per_lon=float(per_lon * BLOCK_SIDE),
        per_lat=float(per_lat * BLOCK_SIDE),
        raster=np.full(shape, EMPTY, np.int32),
        blocks=np.empty((0, BLOCK_SIDE * BLOCK_SIDE), np.uint8),
        first=none,
        candidates=none,
        slabs=np.empty((0, 4)),
        slab_ring=none,
        slab_first=none,
        slab_base=none,
        row_first=none,
        row_count=none,
        ring_part=outline.ring_part,
        ring_is_shell=outline.ring_is_shell,
        plain=_has_one_ring(outline),
    )


def _has_one_ring(outline: Outline) -> NDArray[np.bool_]:
    first = outline.polygon_first
    one: NDArray[np.bool_] = outline.ring[first[:-1]] == outline.ring[first[1:] - 1]
    return one


def _slabs(t: Tables, outline: Outline) -> Tables:
    from gis.kernel.snap import tracing

    def strip(lat: NDArray[np.float64]) -> NDArray[np.int32]:
        return ((lat - t.south) * t.per_lat).astype(np.int32) >> SLAB_BITS

    row_first = strip(outline.bounds[:, 1])
    row_count = strip(outline.bounds[:, 3]) - row_first + 1
    base = np.r_[0, row_count.cumsum()].astype(np.int32)
    t = t._replace(slab_base=base[:-1], row_first=row_first, row_count=row_count)
    first, which = tracing.slab_edges(t, outline.edges, outline.polygon_first, int(base[-1]))
    return t._replace(slabs=outline.edges[which], slab_ring=outline.ring[which], slab_first=first)


def _blocks(t: Tables, keys: NDArray[np.int64]) -> tuple[Tables, NDArray[np.int64]]:
    """Give every crossed cell a block and its candidates: those that cross it or fill it."""
    polygon, cell = np.divmod(keys, t.raster.size)
    flat = t.raster.reshape(-1)
    filled = np.unique(cell[flat[cell] != EMPTY])
    pairs = np.r_[cell, filled] * np.int64(len(t.plain)) + np.r_[polygon, flat[filled]]
    cell, polygon = np.divmod(np.unique(pairs), len(t.plain))
    cells, first = np.unique(cell, return_index=True)
    flat[cells] = -2 - np.arange(len(cells))
    t = t._replace(
        blocks=np.zeros((len(cells), BLOCK_SIDE * BLOCK_SIDE), np.uint8),
        first=np.r_[first, len(cell)].astype(np.int32),
        candidates=polygon.astype(np.int32),
    )
    return t, cells
