"""Closing gaps and overlaps up to a width, by a rule that can be told in three sentences.

1. Borders are noded with one another, so that neighbours share vertices (GEOS coverage cleaner).
2. Ground that several areas claim goes to the lowest code, as a point on a border does.
3. Ground between areas goes to the neighbour with the longest shared border, ties to the lowest
   code; ground outside a given outline is cut off, ground missing inside it counts as a gap.

Only faces up to the tolerance wide change hands; every one is listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation.coverage import check_overlaps, holes_of, open_strips
from gis.kernel.tessellation.problems import Problem, Severity
from gis.kernel.tessellation.realigning import noded
from gis.kernel.tessellation.width import NOISE_M, polygons_of, width_of, widths_of

__all__ = ["Closed", "close"]

Areas = NDArray[np.object_]
_ROOM_M = 1000.0
_ROUNDS = 5
# Vertices closer than a micrometre become one. (Left alone, GEOS takes 1e-8 of the extent, which
# moves a long border enough to be seen.)
_SNAP_M = 1e-6


@dataclass(frozen=True)
class Closed:
    """The areas after closing, in the order they came, and what changed or could not."""

    areas: Areas
    problems: list[Problem]


def close(
    codes: Sequence[str],
    areas: Areas,
    *,
    tolerance_m: float,
    outline: BaseGeometry | None = None,
) -> Closed:
    """Close gaps and overlaps up to `tolerance_m` between valid `areas` (metres, projected CRS).

    What is wider stays as it is and must be found by the checks afterwards; overlaps that are wider
    are returned as errors here, because noding would have to give them away. Raises
    `InvalidTerritory` when the noding library fails.
    """
    order = np.argsort(np.asarray(codes, dtype=object), kind="stable")
    names = [codes[at] for at in order]
    overlaps = list(check_overlaps(names, areas[order]))
    excess = _excess(names, areas[order], outline)
    wide = [p for p in (*overlaps, *excess) if (p.width_m or 0.0) > tolerance_m]
    if wide:
        return Closed(areas, wide)
    cells = _noded(areas[order], outline)
    notes = [_gone(overlap) for overlap in overlaps]
    notes += [_cut(piece) for piece in excess]
    first = 0 if outline is None else 1
    filled: list[Problem] = []
    # Filling a strip can leave a narrower one beside it; a few rounds end it.
    for _round in range(_ROUNDS):
        cells, more = _fill(names, cells, first, tolerance_m)
        if not more:
            break
        filled += more
    result = np.empty(len(codes), dtype=object)
    result[order] = cells[first:]
    return Closed(result, notes + filled + _vanished(names, cells[first:]))


def _noded(areas: Areas, outline: BaseGeometry | None) -> Areas:
    """Areas with common vertices and no overlap; with an outline, the outside comes first."""
    cells = list(areas)
    if outline is not None:
        west, south, east, north = shapely.total_bounds([outline, *cells]).tolist()
        room = shapely.box(west - _ROOM_M, south - _ROOM_M, east + _ROOM_M, north + _ROOM_M)
        cells.insert(0, shapely.difference(room, outline))
    return noded(cells, snap=_SNAP_M)


def _fill(
    names: Sequence[str], cells: Areas, first: int, tolerance_m: float
) -> tuple[Areas, list[Problem]]:
    """Give enclosed and open gaps up to `tolerance_m` to their neighbours."""
    ground = shapely.coverage_union_all(cells)
    tree = STRtree(cells)
    holes = np.asarray(holes_of(ground), dtype=object)
    gaps = list(holes[widths_of(holes) <= tolerance_m])
    if first == 0:
        gaps += open_strips(ground, cells, tree, tolerance_m)
    gains: dict[int, list[Polygon]] = {}
    notes = []
    for gap, width in zip(gaps, widths_of(gaps).tolist(), strict=True):
        taker = _longest_border(cells, tree, gap, first)
        if taker is None:
            continue
        gains.setdefault(taker, []).append(gap)
        if width > NOISE_M:
            notes.append(_moved(None, names[taker - first], gap, width))
    for at, pieces in gains.items():
        cells[at] = shapely.union_all([cells[at], *pieces])
    if gains:
        # A filled strip may end in the middle of a neighbour's edge: node once more.
        cells = noded(list(cells), snap=_SNAP_M)
    return cells, notes


def _longest_border(cells: Areas, tree: STRtree, gap: Polygon, first: int) -> int | None:
    near = np.sort(tree.query(gap, predicate="dwithin", distance=NOISE_M))
    near = near[near >= first]
    if not near.size:
        return None
    rim = shapely.boundary(gap)
    shared = shapely.length(shapely.intersection(shapely.boundary(cells[near]), rim))
    if not shared.any():
        shared = shapely.length(shapely.intersection(cells[near], rim.buffer(NOISE_M)))
    # Equal to a tenth of a millimetre is a tie: the lowest index is the lowest code.
    return int(near[np.flatnonzero(shared >= shared.max() - NOISE_M)[0]])


def _excess(names: Sequence[str], areas: Areas, outline: BaseGeometry | None) -> list[Problem]:
    if outline is None:
        return []
    found = []
    for name, outside in zip(names, shapely.difference(areas, outline), strict=True):
        for piece in polygons_of(outside):
            width = width_of(piece)
            if width > NOISE_M:
                found.append(
                    Problem(
                        "outside_outline",
                        f"超出外围边界，宽 {width:.3f} 米",
                        f"outside the outline, {width:.3f} m wide",
                        features=(name,),
                        geometry=piece,
                        width_m=width,
                        area_m2=piece.area,
                    )
                )
    return found


def _moved(
    giver: str | None, taker: str | None, piece: BaseGeometry | None, width: float
) -> Problem:
    area = 0.0 if piece is None else piece.area
    return Problem(
        "moved",
        f"宽 {width:.3f} 米、面积 {area:.2f} 平方米的地面"
        f"由{giver or '无主'}划给{taker or '外围边界之外'}",
        f"{area:.2f} m² of ground, {width:.3f} m wide, went from {giver or 'nobody'} "
        f"to {taker or 'outside the outline'}",
        severity=Severity.NOTE,
        features=(giver or "", taker or ""),
        geometry=piece,
        width_m=width,
        area_m2=area,
    )


def _gone(overlap: Problem) -> Problem:
    taker, giver = sorted(overlap.features)
    return _moved(giver, taker, overlap.geometry, overlap.width_m or 0.0)


def _cut(excess: Problem) -> Problem:
    return _moved(excess.features[0], None, excess.geometry, excess.width_m or 0.0)


def _vanished(names: Sequence[str], cells: Areas) -> list[Problem]:
    return [
        Problem(
            "vanished",
            "整个面都被并入相邻的面，请减小 --tolerance-m",
            "all of it went to its neighbours; lower --tolerance-m",
            features=(name,),
        )
        for name, cell in zip(names, cells, strict=True)
        if cell is None or cell.is_empty
    ]
