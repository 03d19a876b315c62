"""Whether a file's coordinates were written in another datum than declared."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.kernel.datum import Datum, likely_datum, to_wgs84
from gis.kernel.tessellation import Problem

__all__ = ["check_datum"]

_SHIFT = {Datum.GCJ02: "400 米 (about 400 m)", Datum.BD09: "1.2 公里 (about 1.2 km)"}
# Another datum must halve what does not fit before the declared one is doubted.
_BETTER = 0.5


def check_datum(raw: BaseGeometry, declared: Datum, reference: BaseGeometry) -> list[Problem]:
    """Compare `raw` (degrees as written in the file) with `reference` (WGS-84, the same ground).

    Says nothing when the two do not outline the same ground, because then no datum can be told.
    """
    likely = likely_datum(raw, reference)
    plain = {Datum.CGCS2000: Datum.WGS84}
    if likely is plain.get(declared, declared):
        return []
    misfit, best = _misfit(raw, declared, reference), _misfit(raw, likely, reference)
    if misfit < 1e-6 or best > _BETTER * misfit:
        return []
    off = likely if likely in _SHIFT else declared
    return [
        Problem(
            "wrong_datum",
            f"声明的基准是 {declared}，但坐标偏移约 {_SHIFT[off]}，看来是 {likely}；"
            f"请加 --datum {likely}",
            f"declared as {declared}, but displaced like {likely}: use --datum {likely}",
            geometry=shapely.box(*raw.bounds),
        )
    ]


def _misfit(raw: BaseGeometry, datum: Datum, reference: BaseGeometry) -> float:
    """The share of the common ground that only one of the two holds."""
    shape = shapely.transform(raw, lambda c: np.column_stack(to_wgs84(c[:, 0], c[:, 1], datum)))
    shape = shapely.make_valid(shape)
    union = shapely.area(shapely.union(shape, reference))
    return float(shapely.area(shapely.symmetric_difference(shape, reference)) / union)
