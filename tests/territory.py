"""A made-up district for tests: a seeded coverage of grids with wiggly, exactly shared borders.

A jittered lattice, denser towards one corner as a town is; each lattice side becomes one crooked
line that both neighbours share vertex for vertex, so that the polygons tile without gap or overlap.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

WEST, SOUTH = 120.42, 36.05
WIDTH_DEG, HEIGHT_DEG = 0.26, 0.15


@dataclass(frozen=True)
class Territory:
    polygons: list[shapely.Polygon | shapely.MultiPolygon]
    codes: list[str]


def make_territory(
    columns: int = 30, rows: int = 29, *, drop: int = 7, wiggles: int = 5, seed: int = 7
) -> Territory:
    """Return `columns * rows - drop` polygons in WGS-84 degrees (863 by default), codes shuffled.

    Each side has at most `2**wiggles` pieces; a polygon of the default has 61 to 125 vertices.
    """
    random = np.random.default_rng(seed)
    nodes = _nodes(columns, rows, random)
    sides: dict[tuple[tuple[int, int], tuple[int, int]], FloatArray] = {}
    for i in range(columns + 1):
        for j in range(rows + 1):
            for other in ((i + 1, j), (i, j + 1)):
                if other in nodes:
                    depth = int(random.integers(max(wiggles - 1, 0), wiggles + 2))
                    line = _crooked(nodes[i, j], nodes[other], depth, random)
                    sides[(i, j), other] = line
    polygons: list[shapely.Polygon | shapely.MultiPolygon] = []
    for i in range(columns):
        for j in range(rows):
            ring = [
                sides[(i, j), (i + 1, j)],
                sides[(i + 1, j), (i + 1, j + 1)],
                sides[(i, j + 1), (i + 1, j + 1)][::-1],
                sides[(i, j), (i, j + 1)][::-1],
            ]
            points = np.concatenate([part[:-1] for part in ring])
            # Rings come in both directions in real files.
            polygons.append(shapely.Polygon(points if (i + j) % 3 else points[::-1]))
    polygons = polygons[: len(polygons) - drop]
    codes = [f"{370212000000000 + int(k)}" for k in random.permutation(len(polygons))]
    return Territory(polygons, codes)


def awkward_territory() -> Territory:
    """Return polygons with a hole, an enclave in it, an island in two parts, and a free side."""
    hole = [(120.52, 36.12), (120.54, 36.12), (120.54, 36.14), (120.52, 36.14)]
    shell = [(120.5, 36.1), (120.56, 36.1), (120.56, 36.16), (120.5, 36.16)]
    islet = shapely.box(120.526, 36.126, 120.53, 36.13)
    ring = shapely.Polygon(hole, [list(islet.exterior.coords)])
    islands = shapely.MultiPolygon(
        [shapely.box(120.56, 36.1, 120.58, 36.12), shapely.box(120.57, 36.14, 120.59, 36.16), islet]
    )
    skewed = shapely.Polygon([(120.56, 36.12), (120.58, 36.12), (120.573, 36.1399)])
    return Territory(
        [shapely.Polygon(shell, [hole]), ring, islands, skewed], ["0003", "0001", "0004", "0002"]
    )


def clustered_points(
    territory: Territory, count: int, *, seed: int = 11
) -> tuple[FloatArray, FloatArray]:
    """Return unsorted points as people make them: nine tenths in clusters, the rest anywhere."""
    random = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(territory.polygons)
    heart_lon, heart_lat = random.uniform(west, east, 400), random.uniform(south, north, 400)
    which = random.integers(0, 400, count)
    lon = heart_lon[which] + random.normal(0, 0.008, count)
    lat = heart_lat[which] + random.normal(0, 0.006, count)
    anywhere = random.random(count) < 0.1
    lon[anywhere] = random.uniform(west - 0.01, east + 0.01, anywhere.sum())
    lat[anywhere] = random.uniform(south - 0.01, north + 0.01, anywhere.sum())
    return lon, lat


def adversarial_points(
    territory: Territory, count: int, *, seed: int = 13
) -> tuple[FloatArray, FloatArray]:
    """Return points on vertices, on edges, and within two ulps of both, in equal shares."""
    random = np.random.default_rng(seed)
    starts, ends = [], []
    for polygon in territory.polygons:
        for part in shapely.get_parts(polygon):
            for ring in [part.exterior, *part.interiors]:
                points = shapely.get_coordinates(ring)
                starts.append(points[:-1])
                ends.append(points[1:])
    start, end = np.concatenate(starts), np.concatenate(ends)
    which = random.integers(0, len(start), count)
    along = random.choice([0.0, 0.0, 0.25, 0.5, 0.75, np.nan], count)
    along = np.where(np.isnan(along), random.random(count), along)[:, None]
    points = start[which] + along * (end[which] - start[which])
    for _ in range(2):
        nudge = random.integers(-1, 2, points.shape) * (random.random(count) < 0.67)[:, None]
        points = np.where(nudge, np.nextafter(points, points + nudge), points)
    return points[:, 0].copy(), points[:, 1].copy()


def _nodes(
    columns: int, rows: int, random: np.random.Generator
) -> dict[tuple[int, int], FloatArray]:
    across = np.linspace(0, 1, columns + 1) ** 1.3 * WIDTH_DEG + WEST
    up = np.linspace(0, 1, rows + 1) ** 1.3 * HEIGHT_DEG + SOUTH
    nodes = {}
    for i in range(columns + 1):
        for j in range(rows + 1):
            room_x = across[min(i, columns - 1) + 1] - across[min(i, columns - 1)]
            room_y = up[min(j, rows - 1) + 1] - up[min(j, rows - 1)]
            jitter = random.uniform(-0.12, 0.12, 2) * (room_x, room_y)
            nodes[i, j] = np.array([across[i], up[j]]) + jitter
    return nodes


def _crooked(
    start: FloatArray, end: FloatArray, depth: int, random: np.random.Generator
) -> FloatArray:
    """Displace midpoints again and again, halving the reach, so that sides never meet."""
    line = np.stack([start, end])
    reach = 0.07
    for _ in range(depth):
        step = np.diff(line, axis=0)
        middle = line[:-1] + step / 2
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        middle += normal * random.uniform(-reach, reach, len(step))[:, None]
        woven = np.empty((len(line) + len(middle), 2))
        woven[0::2], woven[1::2] = line, middle
        line = woven
    return line
