"""What can be wrong with one polygon by itself."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation.problems import Problem, Severity
from gis.kernel.tessellation.width import thin, width_of

__all__ = ["check_shapes", "check_slivers"]

_PLACE = re.compile(r"\[(-?[0-9.eE+-]+) (-?[0-9.eE+-]+)\]")
_AREAL = {3, 6}  # Polygon, MultiPolygon
_EXPLAINED = {
    "Self-intersection": ("invalid_ring", "边界自相交"),
    "Ring Self-intersection": ("self_touch", "边界自相接触"),
    "Nested holes": ("invalid_ring", "洞套洞"),
    "Nested shells": ("invalid_ring", "部分互相嵌套"),
    "Hole lies outside shell": ("invalid_ring", "洞在外边界之外"),
    "Interior is disconnected": ("self_touch", "内部被接触点隔断"),
    "Too few points in geometry component": ("invalid_ring", "环的顶点不足"),
    "Duplicate Rings": ("invalid_ring", "重复的环"),
    "Invalid Coordinate": ("not_finite", "坐标不是有限数"),
}


def check_shapes(
    codes: Sequence[str], geometries: NDArray[np.object_], *, max_vertices: int
) -> Iterator[Problem]:
    """Problems of each geometry alone: type, emptiness, size, finiteness, validity (OGC 06-103r4).

    Any CRS, since nothing is measured. A geometry yields its first problem only.
    """
    types = shapely.get_type_id(geometries)
    sizes = shapely.get_num_coordinates(geometries)
    for at, (code, geometry) in enumerate(zip(codes, geometries, strict=True)):
        if geometry is None or geometry.is_empty:
            yield Problem("empty_geometry", "几何为空", "the geometry is empty", features=(code,))
        elif types[at] not in _AREAL:
            yield Problem(
                "geometry_type",
                f"不是面，而是 {geometry.geom_type}",
                f"not a polygon but a {geometry.geom_type}",
                features=(code,),
                geometry=geometry if np.isfinite(shapely.get_coordinates(geometry)).all() else None,
            )
        elif sizes[at] > max_vertices:
            yield Problem(
                "too_many_vertices",
                f"有 {sizes[at]} 个顶点，最多 {max_vertices}，请先抽稀或拆分",
                f"{sizes[at]} vertices, at most {max_vertices}: simplify or split it first",
                features=(code,),
                geometry=shapely.box(*geometry.bounds),
            )
        elif not np.isfinite(shapely.get_coordinates(geometry)).all():
            yield Problem(
                "not_finite", "坐标不是有限数", "a coordinate is not finite", features=(code,)
            )
        elif not geometry.is_valid:
            yield _invalid(code, geometry)


def _invalid(code: str, geometry: BaseGeometry) -> Problem:
    reason = shapely.is_valid_reason(geometry)
    found = _PLACE.search(reason)
    where = Point(float(found[1]), float(found[2])) if found else geometry.representative_point()
    name = _PLACE.sub("", reason).strip()
    kind, zh = _EXPLAINED.get(name, ("invalid_ring", "几何无效"))
    return Problem(kind, f"{zh}，请在制图软件中修正", name, features=(code,), geometry=where)


def check_slivers(
    codes: Sequence[str], geometries: NDArray[np.object_], *, limit_m: float
) -> Iterator[Problem]:
    """Features, or separate parts of them, that hold no circle of diameter `limit_m` (metres)."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    narrow = thin(parts, limit_m)
    alone = np.bincount(owner, minlength=len(codes)) == np.bincount(
        owner[narrow], minlength=len(codes)
    )
    for part, at in zip(parts[narrow], owner[narrow], strict=True):
        width = width_of(part)
        whole = bool(alone[at])
        yield Problem(
            "sliver",
            f"{'整个面' if whole else '一个部分'}是宽 {width:.3f} 米的细长碎片",
            f"{'the feature' if whole else 'a part'} is a sliver {width:.3f} m wide",
            severity=Severity.ERROR if whole else Severity.WARNING,
            features=(codes[at],),
            geometry=part,
            width_m=width,
            area_m2=part.area,
        )
