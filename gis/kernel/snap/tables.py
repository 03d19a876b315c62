"""The tables of a snap index, as one tuple that compiled code can take."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["AMBIGUOUS", "BLOCK_BITS", "BLOCK_SIDE", "EMPTY", "OUTSIDE", "SLAB_BITS", "Tables"]

# A cell that a border crosses has a block of BLOCK_SIDE x BLOCK_SIDE small cells: 64 bytes, which
# is one cache line.
BLOCK_BITS: Final = 3
BLOCK_SIDE: Final = 1 << BLOCK_BITS
# Edges are gathered by strips of 2**SLAB_BITS rows of small cells.
SLAB_BITS: Final = 1
# In the raster: an id, EMPTY, or -2 - block. In a block: which candidate, OUTSIDE or AMBIGUOUS.
EMPTY: Final = -1
OUTSIDE: Final = 254
AMBIGUOUS: Final = 255


class Tables(NamedTuple):
    """A raster in two levels, and the edges that decide the rest.

    Small cell of a point: column `int((lon - west) * per_lon)`, row `int((lat - south) * per_lat)`;
    its large cell is that shifted right by BLOCK_BITS. All of it is monotone in floating point, so
    a point always falls in the same row as it was built for.

    raster: (rows, columns) int32 of large cells.
    blocks: (b, 64) uint8. candidates: (c,) int32, ascending ids, those of block k from first[k].
    slabs: (s, 4) float64, copies of a polygon's edges that reach into one strip of small rows, in
    order; the strip r of polygon p begins at slab_first[slab_base[p] + r - row_first[p]], and it
    has row_count[p] strips.
    slab_ring, ring_part, ring_is_shell: as in Outline. plain: (P,) bool, has one ring only.
    """

    west: float
    south: float
    per_lon: float
    per_lat: float
    raster: NDArray[np.int32]
    blocks: NDArray[np.uint8]
    first: NDArray[np.int32]
    candidates: NDArray[np.int32]
    slabs: NDArray[np.float64]
    slab_ring: NDArray[np.int32]
    slab_first: NDArray[np.int32]
    slab_base: NDArray[np.int32]
    row_first: NDArray[np.int32]
    row_count: NDArray[np.int32]
    ring_part: NDArray[np.int32]
    ring_is_shell: NDArray[np.bool_]
    plain: NDArray[np.bool_]
