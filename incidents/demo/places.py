"""Where the reports of the history happen."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.demo.chance import generator
from incidents.demo.rows import Ground

__all__ = ["Places", "shifted"]

FloatArray = NDArray[np.float64]
METRES_PER_DEGREE = 111_320.0
_TRIES = 12
# How far from the outline a report that belongs to nobody may lie, in degrees.
_NEAR_DEG, _FAR_DEG = 0.004, 0.03
# How unlike blocks of the same size are, for reasons that no table holds.
_UNLIKE = 0.55


def shifted(points: FloatArray, east_m: FloatArray, north_m: FloatArray) -> FloatArray:
    """Points (n, 2) in degrees moved by metres."""
    narrow = np.cos(np.radians(points[:, 1]))
    east = east_m / (METRES_PER_DEGREE * narrow)
    return np.column_stack([points[:, 0] + east, points[:, 1] + north_m / METRES_PER_DEGREE])


class Places:
    """Draws positions on the ground of a place: by block, around a spot, or outside of all."""

    def __init__(self, ground: Ground, seed: str) -> None:
        self._ground = ground
        self._outline = shapely.union_all(ground.outline)
        shapely.prepare(self._outline)
        shapely.prepare(ground.polygons)
        unlike = generator(seed, "blocks").lognormal(0.0, _UNLIKE, len(ground.polygons))
        self._weights = {
            kind: weight * unlike / (weight * unlike).sum()
            for kind, weight in self._by_kind().items()
        }

    def _by_kind(self) -> dict[str, FloatArray]:
        """People bring livelihood; streets and shops enforcement; parcels where few live trade."""
        ground = self._ground
        area = np.minimum(ground.area_m2, 60_000.0) / 60_000.0
        town = np.isin(ground.kinds, ["estate", "parcel"])
        return {
            "livelihood": ground.people + 1.5 * area,
            "enforcement": 0.55 * ground.people + np.where(town, 30.0 * area, 2.0 * area),
            "development": 0.08 * ground.people + np.where(ground.kinds == "parcel", 45.0, 0.4),
        }

    def blocks(self, kind: str, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
        """Blocks for `count` reports of a kind."""
        return rng.choice(len(self._ground.polygons), count, p=self._weights[kind])

    def inside(self, blocks: NDArray[np.intp], rng: np.random.Generator) -> FloatArray:
        """A point (n, 2) in each block: the first of some tries that lies in it."""
        polygons = self._ground.polygons[blocks]
        bounds = shapely.bounds(polygons)
        points = shapely.get_coordinates(shapely.point_on_surface(polygons))
        missing = np.arange(len(blocks))
        for _ in range(_TRIES):
            low, high = bounds[missing, :2], bounds[missing, 2:]
            tried = low + rng.random((len(missing), 2)) * (high - low)
            hit = shapely.contains_xy(polygons[missing], tried[:, 0], tried[:, 1])
            points[missing[hit]] = tried[hit]
            missing = missing[~hit]
        return points

    def around(
        self, lon: float, lat: float, radius_m: float, count: int, rng: np.random.Generator
    ) -> FloatArray:
        """Points (count, 2), most of them within the radius; none off the ground of the place."""
        centre = np.full((count, 2), (lon, lat))
        points = shifted(centre, *(rng.normal(0.0, radius_m / 2.0, (2, count))))
        on_ground = self.covers(points)
        return np.where(on_ground[:, None], points, centre)

    def covers(self, points: FloatArray) -> NDArray[np.bool_]:
        """Which of the points (n, 2) lie on the ground of the place."""
        return np.asarray(shapely.contains_xy(self._outline, points[:, 0], points[:, 1]))

    def beyond(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Points (count, 2) near the place, and in no grid of it."""
        west, south, east, north = self._outline.bounds
        low = np.array([west - _FAR_DEG, south - _FAR_DEG])
        size = np.array([east - west, north - south]) + 2 * _FAR_DEG
        found: list[FloatArray] = [np.empty((0, 2))]
        while sum(map(len, found)) < count:
            tried = low + rng.random((4 * count, 2)) * size
            away = shapely.distance(self._outline, shapely.points(tried))
            found.append(tried[(away > _NEAR_DEG) & (away < _FAR_DEG)])
        return np.concatenate(found)[:count]

    def name(self, block: int) -> str:
        """What people call the ground of a block."""
        return self._ground.names[block]
