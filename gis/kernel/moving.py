"""Points that move, and which of them are nearest: a mutable R-tree over a plane."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from rtree.index import Index, Property, RT_Star

__all__ = ["MovingPoints", "distance"]

# Measured (`make bench ARGS=nearest`): small nodes and a short search for the least overlap make a
# move ten times as cheap as rtree's own settings, and a question no dearer.
_NODE, _OVERLAP = 16, 4
# More than was asked for, so that the last that is wanted is mostly told from the next at once.
_SPARE = 4


class MovingPoints:
    """Points by key on a plane, all in one unit. Its owner guards it: no two calls at a time."""

    def __init__(self) -> None:
        properties = Property()
        properties.variant = RT_Star
        properties.leaf_capacity = properties.index_capacity = _NODE
        properties.near_minimum_overlap_factor = _OVERLAP
        self._tree = Index(properties=properties)
        self._points: dict[int, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._points)

    def move(self, key: int, x: float, y: float) -> None:
        """Put the point `key` at (x, y), wherever it was before."""
        before = self._points.get(key)
        if before == (x, y):
            return
        self.drop(key)
        self._tree.insert(key, (x, y, x, y))
        self._points[key] = x, y

    def drop(self, key: int) -> None:
        """Forget the point `key`, if there is one."""
        point = self._points.pop(key, None)
        if point is not None:
            self._tree.delete(key, point * 2)

    def nearest(
        self, x: float, y: float, n: int, wanted: Callable[[int], bool] | None = None
    ) -> list[tuple[float, int]]:
        """The `n` nearest to (x, y) of those wanted as (distance, key); of equals the lesser key.

        Fewer than `n` when there are no more.
        """
        if n < 1 or not self._points:
            return []
        points, ask = self._points, n + _SPARE
        while True:
            keys = list(self._tree.nearest((x, y, x, y), ask))
            told = sorted((distance(x, y, *points[key]), key) for key in keys)
            found = [one for one in told if wanted is None or wanted(one[1])][:n]
            if len(keys) >= len(points):
                return found
            # The tree may round otherwise than we do: only what lies clearly nearer than the last
            # it told is told for certain.
            if len(found) == n and found[-1][0] * (1 + 1e-9) < told[-1][0]:
                return found
            ask *= 4


def distance(x: float, y: float, to_x: float, to_y: float) -> float:
    """From (x, y) to (to_x, to_y) in their unit: as PostGIS has it, to the last bit."""
    dx, dy = to_x - x, to_y - y
    return sqrt(dx * dx + dy * dy)
