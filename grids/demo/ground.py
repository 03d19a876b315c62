"""The ground of the demonstration: the mesh of blocks and its edges as lines in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from gis.kernel.errors import InvalidTerritory
from grids.demo.chance import generator, unit_noise
from grids.demo.mesh import Mesh, Walk, build_mesh, outlines
from grids.demo.profile import Profile
from grids.demo.scatter import Hills, density_at, even_out, scatter, voronoi_edges
from grids.demo.wiggle import bend, crossing_edges, levels_for, roughen

__all__ = ["DECIMALS", "Ground", "Plane", "build_ground", "polygons"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
DECIMALS = 7
_Pair = tuple[tuple[float, ...], tuple[float, ...]]
_COAST, _BORDER, _INNER = 0.30, 0.22, 0.17
_PIECE_M = 110.0


@dataclass(frozen=True)
class Ground:
    """The blocks: their mesh in metres, the density there, and their edges in degrees.

    ``lines[e]`` (k, 2) is edge e from its lower to its higher node, WGS-84 degrees rounded to
    seven decimals.
    """

    mesh: Mesh
    density: FloatArray
    lines: list[FloatArray]


class Plane:
    """Between WGS-84 degrees and the place's metric plane, x before y."""

    def __init__(self, srid_m: int) -> None:
        self._forward = pyproj.Transformer.from_crs(4326, srid_m, always_xy=True)
        self._back = pyproj.Transformer.from_crs(srid_m, 4326, always_xy=True)

    def metres(self, lonlat: FloatArray) -> FloatArray:
        return np.stack(self._forward.transform(lonlat[:, 0], lonlat[:, 1]), axis=1)

    def degrees(self, metres: FloatArray) -> FloatArray:
        lonlat = np.stack(self._back.transform(metres[:, 0], metres[:, 1]), axis=1)
        return np.round(lonlat, DECIMALS)


def build_ground(profile: Profile) -> Ground:
    """Build the mesh of blocks of a profile and bend its edges. Takes a few seconds."""
    plane = Plane(profile.srid_m)
    parts = _rough_parts(profile, plane)
    hills = _hills(profile, plane)
    edges, points = [], []
    for polygon, sub in zip(parts, profile.subdistricts, strict=True):
        rng = generator(profile.seed, "blocks", sub.code)
        spread = scatter(polygon, sub.blocks, hills, sub.density_floor, rng)
        spread = even_out(spread, polygon, 3)
        edges.append(voronoi_edges(spread, polygon))
        points.append(spread)
    mesh = build_mesh(np.concatenate(edges), parts, np.concatenate(points))
    floors = np.array([s.density_floor for s in profile.subdistricts])
    density = density_at(mesh.centre, hills, 0.0) + floors[mesh.part]
    return Ground(mesh, density, _lines(profile, plane, mesh))


def _hills(profile: Profile, plane: Plane) -> Hills:
    centre = plane.metres(np.array([(t.lon, t.lat) for t in profile.towns]))
    radius = np.array([t.radius_m for t in profile.towns])
    return Hills(centre, radius, np.array([t.peak for t in profile.towns]))


def _rough_parts(profile: Profile, plane: Plane) -> NDArray[np.object_]:
    """The subdistricts in metres, their coarse edges bent; the nodes of the rings stay."""
    rings = [shapely.get_coordinates(s.ring) for s in profile.subdistricts]
    owners: dict[_Pair, int] = {}
    for ring in rings:
        for pair in _pairs(ring):
            owners[pair] = owners.get(pair, 0) + 1
    bent = _bend_rings(profile.seed, plane, owners)
    polygons = []
    for ring in rings:
        pieces = []
        for a, b in zip(map(tuple, ring[:-1]), map(tuple, ring[1:]), strict=True):
            pieces.append(bent[a, b][:-1] if a < b else bent[b, a][:0:-1])
        polygons.append(shapely.Polygon(np.concatenate(pieces)))
    return np.array(polygons, dtype=object)


def _bend_rings(seed: str, plane: Plane, owners: dict[_Pair, int]) -> dict[_Pair, FloatArray]:
    """Bend the coarse edges; where two would cross, both bend less until they do not."""
    pairs = sorted(owners)
    nodes = sorted({p for pair in pairs for p in pair})
    ends = np.array([[nodes.index(a), nodes.index(b)] for a, b in pairs])
    metres = plane.metres(np.array(nodes))
    strength = np.array([_BORDER if owners[pair] > 1 else _COAST for pair in pairs])
    for _ in range(8):
        bent = [
            roughen(seed, metres[a], metres[b], _PIECE_M, s)
            for (a, b), s in zip(ends.tolist(), strength, strict=True)
        ]
        bad = crossing_edges(bent, ends)
        if len(bad) == 0:
            return dict(zip(pairs, bent, strict=True))
        strength[bad] *= 0.6
    raise InvalidTerritory("the bent subdistrict rings cross; change the seed or the rings")


def _pairs(ring: FloatArray) -> list[_Pair]:
    ends = [tuple(map(float, p)) for p in ring]
    return [(min(a, b), max(a, b)) for a, b in pairwise(ends)]


def _lines(profile: Profile, plane: Plane, mesh: Mesh) -> list[FloatArray]:
    lonlat = _node_degrees(profile, plane, mesh)
    ends = mesh.nodes[mesh.edges]
    outer = (mesh.sides < 0).any(axis=1)
    strength = np.where(outer, _COAST, _INNER)
    keys = [
        ",".join(map(str, row))
        for row in np.rint(lonlat[mesh.edges] * 10**DECIMALS)
        .astype(np.int64)
        .reshape(-1, 4)
        .tolist()
    ]
    noise = unit_noise(profile.seed, keys)
    levels = levels_for(mesh.length_m)
    lines: list[FloatArray] = [np.empty((0, 2))] * len(keys)

    def draw(which: IntArray) -> None:
        for level in np.unique(levels[which]).tolist():
            at = which[levels[which] == level]
            bent = bend(ends[at, 0], ends[at, 1], noise[at], level, strength[at])
            flat = plane.degrees(bent.reshape(-1, 2)).reshape(bent.shape)
            flat[:, 0], flat[:, -1] = lonlat[mesh.edges[at, 0]], lonlat[mesh.edges[at, 1]]
            for e, line in zip(at.tolist(), flat, strict=True):
                lines[e] = line

    draw(np.arange(len(keys)))
    bad = None
    for attempt in range(8):
        bad = crossing_edges(lines, mesh.edges, bad)
        if len(bad) == 0:
            return lines
        strength[bad] *= 0.5 if attempt < 4 else 0.0
        draw(bad)
    raise InvalidTerritory("edges of the demonstration cross whatever their bend")


def _node_degrees(profile: Profile, plane: Plane, mesh: Mesh) -> FloatArray:
    """Nodes in degrees; the nodes of the coarse rings get their three decimals back exactly."""
    lonlat = plane.degrees(mesh.nodes)
    fixed = np.unique(
        np.concatenate([shapely.get_coordinates(s.ring) for s in profile.subdistricts]), axis=0
    )
    tree = shapely.STRtree(np.asarray(shapely.points(mesh.nodes)))
    nearest = tree.nearest(shapely.points(plane.metres(fixed)))
    lonlat[nearest] = fixed
    return lonlat


def polygons(ground: Ground, label: IntArray) -> NDArray[np.object_]:
    """Return the polygons (WGS-84 degrees) of groups of blocks; ``label`` (b,) is 0 to k-1."""
    return np.array([_polygon(ground, rings) for rings in outlines(ground.mesh, label)])


def _polygon(ground: Ground, rings: list[Walk]) -> shapely.Polygon:
    drawn = []
    for walk in rings:
        pieces = [
            ground.lines[e][:-1] if forward else ground.lines[e][:0:-1] for e, forward in walk
        ]
        drawn.append(shapely.linearrings(np.concatenate(pieces)))
    shells = [r for r in drawn if shapely.is_ccw(r)]
    if len(shells) != 1:
        raise InvalidTerritory(f"a group of blocks has {len(shells)} separate parts")
    return shapely.Polygon(shells[0], [r for r in drawn if not shapely.is_ccw(r)])
