"""The mesh of blocks: nodes, edges with a block on either side, and outlines traced from them.

Every polygon of the demonstration, from a block to the district, is a walk along the same edges,
so neighbours share their vertices exactly.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Mesh", "Walk", "build_mesh", "outlines"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Walk = list[tuple[int, bool]]
_SNAP_M = 0.05


@dataclass(frozen=True)
class Mesh:
    """Blocks as a planar graph in metres.

    ``nodes`` (n, 2); ``edges`` (e, 2) node ids, first lower; ``sides`` (e, 2) the block on the
    left and on the right of each edge, -1 outside; per block its ``area_m2``, ``centre`` (b, 2)
    and ``part`` (the subdistrict's index).
    """

    nodes: FloatArray
    edges: IntArray
    sides: IntArray
    area_m2: FloatArray
    centre: FloatArray
    part: IntArray

    @property
    def count(self) -> int:
        """The number of blocks."""
        return len(self.part)

    @property
    def length_m(self) -> FloatArray:
        """The straight length of every edge."""
        ends = self.nodes[self.edges]
        return np.asarray(np.hypot(*(ends[:, 1] - ends[:, 0]).T))

    def rim(self) -> NDArray[np.bool_]:
        """Tell which blocks lie on the border of their part."""
        part = np.where(self.sides >= 0, self.part[self.sides], -1)
        found = np.zeros(self.count + 1, dtype=bool)
        found[self.sides[part[:, 0] != part[:, 1]].ravel()] = True
        return found[:-1]

    def neighbours(self) -> list[dict[int, float]]:
        """Return for every block its neighbours of the same part and the metres they share."""
        found: list[dict[int, float]] = [defaultdict(float) for _ in range(self.count)]
        for (a, b), length_m in zip(self.sides.tolist(), self.length_m.tolist(), strict=True):
            if a >= 0 and b >= 0 and self.part[a] == self.part[b]:
                found[a][b] += length_m
                found[b][a] += length_m
        return found


def build_mesh(
    lines: NDArray[np.object_], parts: NDArray[np.object_], generators: FloatArray
) -> Mesh:
    """Cut the metric polygons ``parts`` along ``lines`` into a mesh with a block per generator.

    Faces without a generator, and slivers, join the neighbour they share most border with.
    """
    borders = shapely.boundary(parts)
    noded = shapely.union_all(np.concatenate([lines, borders]), grid_size=_SNAP_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    points = shapely.point_on_surface(faces)
    face, part = shapely.STRtree(parts).query(points, predicate="within")
    of_face = np.full(len(faces), -1)
    of_face[face] = part
    faces, of_face = faces[of_face >= 0], of_face[of_face >= 0]
    centre = shapely.get_coordinates(shapely.centroid(faces))
    order = np.lexsort((np.round(centre[:, 0]), np.round(centre[:, 1]), of_face))
    return _merge_slivers(_topology(faces[order], of_face[order]), faces[order], generators)


def _topology(faces: NDArray[np.object_], part: IntArray) -> Mesh:
    rings = shapely.get_exterior_ring(faces)
    rings = np.where(shapely.is_ccw(rings), rings, shapely.reverse(rings))
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    keys = np.rint(coords / _SNAP_M).astype(np.int64)
    unique, first, node = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    del unique
    node = node.reshape(-1)
    same = ring[:-1] == ring[1:]
    start, end, left = node[:-1][same], node[1:][same], ring[:-1][same]
    forward = start < end
    ends = np.stack([np.minimum(start, end), np.maximum(start, end)], axis=1)
    edges, edge = np.unique(ends, axis=0, return_inverse=True)
    edge = edge.reshape(-1)
    sides = np.full((len(edges), 2), -1)
    sides[edge[forward], 0] = left[forward]
    sides[edge[~forward], 1] = left[~forward]
    return Mesh(
        nodes=coords[first],
        edges=edges,
        sides=sides,
        area_m2=np.asarray(shapely.area(faces), dtype=np.float64),
        centre=shapely.get_coordinates(shapely.centroid(faces)),
        part=part.astype(np.intp),
    )


def _merge_slivers(mesh: Mesh, faces: NDArray[np.object_], generators: FloatArray) -> Mesh:
    held = np.zeros(mesh.count, dtype=bool)
    held[shapely.STRtree(faces).query(shapely.points(generators), predicate="within")[1]] = True
    label = np.arange(mesh.count)
    border = mesh.neighbours()
    area = mesh.area_m2.copy()
    size = mesh.area_m2.tolist()
    for small in np.argsort(area, kind="stable").tolist():
        typical = median([size[n] for n in border[small]] or [0.0])
        if held[small] and area[small] >= 0.3 * typical:
            continue
        into = max(border[small], key=lambda n: (border[small][n], -n), default=-1)
        if into >= 0:
            _join(label, border, area, small, into)
    kept, label = np.unique(label, return_inverse=True)
    return _relabel(mesh, label.reshape(-1), kept)


def _join(
    label: IntArray, border: list[dict[int, float]], area: FloatArray, small: int, into: int
) -> None:
    label[label == small] = into
    area[into] += area[small]
    for other, length_m in border[small].items():
        border[other].pop(small, None)
        if other != into:
            border[other][into] = border[other].get(into, 0.0) + length_m
            border[into][other] = border[into].get(other, 0.0) + length_m
    border[small].clear()


def _relabel(mesh: Mesh, label: IntArray, kept: IntArray) -> Mesh:
    sides = np.where(mesh.sides >= 0, label[mesh.sides], -1)
    stays = sides[:, 0] != sides[:, 1]
    area = np.asarray(np.bincount(label, weights=mesh.area_m2), dtype=np.float64)
    centre = np.stack(
        [np.bincount(label, weights=mesh.centre[:, k] * mesh.area_m2) / area for k in (0, 1)],
        axis=1,
    )
    return Mesh(mesh.nodes, mesh.edges[stays], sides[stays], area, centre, mesh.part[kept])


def outlines(mesh: Mesh, label: IntArray) -> list[list[Walk]]:
    """Trace the outlines of groups of blocks.

    ``label`` (b,) gives every block's group, 0 to k-1. Returns per group its rings, each a walk of
    (edge, forward) with the group on the left: one anticlockwise shell, and holes if any.
    """
    side = np.where(mesh.sides >= 0, label[mesh.sides], -1)
    edge = np.flatnonzero(side[:, 0] != side[:, 1])
    leaving: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    groups = int(label.max()) + 1
    starts: list[list[tuple[int, bool]]] = [[] for _ in range(groups)]
    for e in edge.tolist():
        for forward, group in ((True, int(side[e, 0])), (False, int(side[e, 1]))):
            if group >= 0:
                starts[group].append((e, forward))
                leaving[group, int(mesh.edges[e, 0 if forward else 1])].append((e, forward))
    return [_rings(mesh, group, starts[group], leaving) for group in range(groups)]


def _rings(
    mesh: Mesh,
    group: int,
    starts: Walk,
    leaving: dict[tuple[int, int], list[tuple[int, bool]]],
) -> list[Walk]:
    seen: set[tuple[int, bool]] = set()
    rings: list[Walk] = []
    for start in starts:
        if start in seen:
            continue
        walk: Walk = []
        step = start
        while step not in seen:
            seen.add(step)
            walk.append(step)
            node = int(mesh.edges[step[0], 1 if step[1] else 0])
            onward = leaving[group, node]
            step = onward[0] if len(onward) == 1 else _turn(mesh, step, node, onward)
        rings.append(walk)
    return rings


def _turn(mesh: Mesh, step: tuple[int, bool], node: int, onward: Walk) -> tuple[int, bool]:
    """At a node where a group touches itself, take the turn that keeps the rings simple."""
    here = mesh.nodes[node]
    back = mesh.nodes[mesh.edges[step[0], 0 if step[1] else 1]] - here

    def clockwise(choice: tuple[int, bool]) -> float:
        ahead = mesh.nodes[mesh.edges[choice[0], 1 if choice[1] else 0]] - here
        return float((np.arctan2(back[1], back[0]) - np.arctan2(ahead[1], ahead[0])) % (2 * np.pi))

    return max(onward, key=clockwise)
