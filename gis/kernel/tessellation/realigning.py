"""A division that was closed in metres, made to match in degrees as well."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernel.errors import InvalidTerritory

__all__ = ["realigned"]

Areas = NDArray[np.object_]
_ROUNDS = 5
# A micrometre and a tenth of a millimetre, in degrees.
_SNAP_DEG = 1e-11
_GAP_DEG = 1e-9


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
        cells = _noded(result[order])
        result = np.empty(len(codes), dtype=object)
        result[order] = cells
    return result


def _noded(areas: Areas) -> Areas:
    try:
        # GEOS 3.14; the stubs of shapely do not know it yet.
        clean = shapely.coverage_clean  # type: ignore[attr-defined]
        return np.asarray(
            clean(
                areas, gap_width=_GAP_DEG, snapping_distance=_SNAP_DEG, merge_strategy="min_index"
            )
        )
    except shapely.GEOSException as error:
        raise InvalidTerritory(f"无法对齐边界：{error} (the borders could not be noded)") from error
