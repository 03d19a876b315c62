"""The look-up of one point, in plain Python: calling compiled code would cost more than it saves.

The arithmetic is that of `gis.kernel.snap.compiled`, step for step; tests hold the two together.
"""

from gis.kernel.errors import InvalidCoordinate
from gis.kernel.snap.tables import (
    AMBIGUOUS,
    BLOCK_BITS,
    BLOCK_SIDE,
    EMPTY,
    OUTSIDE,
    SLAB_BITS,
    Tables,
)

__all__ = ["Lookup"]

_LOW = BLOCK_SIDE - 1
_BLOCK_SIZE = BLOCK_SIDE * BLOCK_SIDE


class Lookup:
    """Finds polygons for one point at a time in the tables of a snap index."""

    __slots__ = (
        "_blocks",
        "_candidates",
        "_columns",
        "_first",
        "_height",
        "_per_lat",
        "_per_lon",
        "_raster",
        "_south",
        "_tables",
        "_west",
        "_width",
    )

    def __init__(self, tables: Tables) -> None:
        t = self._tables = tables
        self._west, self._south = t.west, t.south
        self._per_lon, self._per_lat = t.per_lon, t.per_lat
        rows, self._columns = t.raster.shape
        self._width, self._height = self._columns * BLOCK_SIDE, rows * BLOCK_SIDE
        # Views of the same memory: reading one number from them is twice as fast as from an array.
        self._raster, self._blocks = t.raster.reshape(-1).data, t.blocks.reshape(-1).data
        self._first, self._candidates = t.first.data, t.candidates.data

    def locate(self, lon: float, lat: float) -> int:
        """Return the lowest id that covers the point, or -1."""
        fx, fy = (lon - self._west) * self._per_lon, (lat - self._south) * self._per_lat
        if not (0.0 <= fx < self._width and 0.0 <= fy < self._height):
            _require_position(lon, lat)
            return EMPTY
        column, line = int(fx), int(fy)
        large = (line >> BLOCK_BITS) * self._columns + (column >> BLOCK_BITS)
        value: int = self._raster[large]
        if value >= EMPTY:
            return value
        block = -2 - value
        small = ((line & _LOW) << BLOCK_BITS) | (column & _LOW)
        local: int = self._blocks[block * _BLOCK_SIZE + small]
        if local == OUTSIDE:
            return EMPTY
        first = self._first[block]
        if local != AMBIGUOUS:
            found: int = self._candidates[first + local]
            return found
        for place in range(first, self._first[block + 1]):
            polygon: int = self._candidates[place]
            if self._state(polygon, lon, lat, line) >= 0:
                return polygon
        return EMPTY

    def states(self, lon: float, lat: float) -> list[tuple[int, int]]:
        """Return (id, 1 inside or 0 on the boundary) of every polygon that covers the point."""
        fx, fy = (lon - self._west) * self._per_lon, (lat - self._south) * self._per_lat
        if not (0.0 <= fx < self._width and 0.0 <= fy < self._height):
            _require_position(lon, lat)
            return []
        line = int(fy)
        large = (line >> BLOCK_BITS) * self._columns + (int(fx) >> BLOCK_BITS)
        value: int = self._raster[large]
        if value >= EMPTY:
            return [(value, 1)] if value != EMPTY else []
        block = -2 - value
        ids = self._candidates[self._first[block] : self._first[block + 1]].tolist()
        found = [(polygon, self._state(polygon, lon, lat, line)) for polygon in ids]
        return [(polygon, state) for polygon, state in found if state >= 0]

    def _state(self, polygon: int, x: float, y: float, line: int) -> int:
        t = self._tables
        step = (line >> SLAB_BITS) - t.row_first.item(polygon)
        if step < 0 or step >= t.row_count.item(polygon):
            return -1
        slot = t.slab_base.item(polygon) + step
        start, end = t.slab_first.item(slot), t.slab_first.item(slot + 1)
        edges = t.slabs[start:end].tolist()
        if t.plain.item(polygon):
            return _ring_state(edges, x, y)
        return self._rings_state(edges, t.slab_ring[start:end].tolist(), x, y)

    def _rings_state(self, edges: list[list[float]], rings: list[int], x: float, y: float) -> int:
        inside, part = False, -1
        for ring in dict.fromkeys(rings):
            shell = self._tables.ring_is_shell.item(ring)
            if shell and inside:
                return 1
            if shell or (inside and self._tables.ring_part.item(ring) == part):
                begin = rings.index(ring)
                state = _ring_state(edges[begin : begin + rings.count(ring)], x, y)
                if state == 0:
                    return 0
                inside = (state == 1) == shell
                part = self._tables.ring_part.item(ring)
        return 1 if inside else -1


def _ring_state(edges: list[list[float]], x: float, y: float) -> int:
    winding = 0
    for x1, y1, x2, y2 in edges:
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if side == 0.0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return 0
        if y1 <= y:
            if y < y2 and side > 0.0:
                winding += 1
        elif y2 <= y and side < 0.0:
            winding -= 1
    return 1 if winding else -1


def _require_position(lon: float, lat: float) -> None:
    if not -180.0 <= lon <= 180.0:
        raise InvalidCoordinate(f"{lon} is not a longitude between -180 and 180", "lon")
    if not -90.0 <= lat <= 90.0:
        raise InvalidCoordinate(f"{lat} is not a latitude between -90 and 90", "lat")
