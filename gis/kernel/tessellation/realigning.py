"""Noding: common vertices for neighbours, in metres and once more in degrees."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidTerritory

__all__ = ["noded", "realigned"]

Areas = NDArray[np.object_]
_ROUNDS = 5
# A micrometre and a tenth of a millimetre, in degrees.
_SNAP_DEG = 1e-11
_GAP_DEG = 1e-9
# An area that shrinks to less than this in one noding was lost, or lay wholly under another.
_LOST = 0.5
_COARSER = (10.0, 100.0)


def realigned(codes: Sequence[str], areas_deg: Areas) -> Areas:
    """The areas (degrees) of a closed division, noded once more where degrees undid it.

    An edge that is straight in metres is not in degrees: over 100 m it strays by a tenth of a
    millimetre, which may carry it across a vertex that lay beside it. Nothing moves by more; what
    two claim goes to the lowest code. Raises `InvalidTerritory` when the noding library fails.
    """
    order = np.argsort(np.asarray(codes, dtype=object), kind="stable")
    result = areas_deg
    for _round in range(_ROUNDS):
        if shapely.coverage_is_valid(result) and shapely.is_valid(result).all():
            break
        cells = noded(result[order], snap=_SNAP_DEG, gap_width=_GAP_DEG)
        result = np.empty(len(codes), dtype=object)
        result[order] = cells
    return result


def noded(areas: Sequence[BaseGeometry] | Areas, *, snap: float, gap_width: float = 0.0) -> Areas:
    """Areas with common vertices and no overlap: what two claim goes to the lower index.

    Vertices closer than `snap` become one, gaps up to `gap_width` are closed (units of the areas).
    Where noding at that distance loses an area, as GEOS 3.14 does now and then on nearly collinear
    borders, ten and a hundred times the distance are tried. Raises `InvalidTerritory` when the
    noding library fails.
    """
    kept = shapely.area(np.asarray(areas, dtype=object)) * _LOST
    first = _noded_at(areas, snap, gap_width)
    if (shapely.area(first) >= kept).all():
        return first
    coarser = (_noded_at(areas, snap * more, gap_width) for more in _COARSER)
    # Where every distance loses it, it lies under its neighbours, and the first answer stands.
    return next((one for one in coarser if (shapely.area(one) >= kept).all()), first)


def _noded_at(areas: Sequence[BaseGeometry] | Areas, snap: float, gap_width: float) -> Areas:
    try:
        # GEOS 3.14; the stubs of shapely do not know it yet.
        clean = shapely.coverage_clean  # type: ignore[attr-defined]
        return np.asarray(
            clean(areas, gap_width=gap_width, snapping_distance=snap, merge_strategy="min_index")
        )
    except shapely.GEOSException as error:
        raise InvalidTerritory(f"无法对齐边界：{error} (the borders could not be noded)") from error
