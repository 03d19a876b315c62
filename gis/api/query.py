"""Reading a query string: each parameter known, given once, and of its type."""

import math
from typing import Any

from django.contrib.gis.geos import Polygon
from rest_framework.request import Request

from gis.api.problems import Problem, Refused, refuse

# DRF's own: chooses the renderer.
ALWAYS_KNOWN = frozenset({"format"})


def check_query(request: Request, known: frozenset[str]) -> None:
    """Refuse parameters that this route does not know, or that come twice: both are mistakes that
    would otherwise give a plausible answer to another question.
    """
    problems = []
    for name, values in request.query_params.lists():
        if name not in known and name not in ALWAYS_KNOWN:
            names = ", ".join(sorted(known)) or "—"
            zh, en = f"未知参数；可用：{names}。", f"Unknown parameter; known here: {names}."
            problems.append(Problem(name, "unknown_parameter", zh, en))
        elif len(values) > 1:
            zh, en = "参数只能出现一次。", "Give this parameter once."
            problems.append(Problem(name, "repeated_parameter", zh, en))
    if problems:
        raise Refused(problems)


def whole_number(text: str, field: str, *, at_least: int, at_most: int) -> int:
    """A decimal integer in range. Raises `Refused`."""
    # ASCII digits only: int() also reads signs, underscores and the digits of other scripts.
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise refuse(field, "not_an_integer", "必须是整数。", "Must be a whole number.")
    value = int(text)
    if not at_least <= value <= at_most:
        zh = f"必须在 {at_least} 到 {at_most} 之间。"
        raise refuse(field, "out_of_range", zh, f"Must be from {at_least} to {at_most}.")
    return value


def bounding_box(text: str, field: str = "bbox") -> Polygon:
    """`west,south,east,north` in WGS-84 degrees as a polygon (EPSG:4326). Raises `Refused`."""
    parts = text.split(",")
    if len(parts) != 4:
        zh, en = "应为 west,south,east,north 四个数。", "Give four numbers: west,south,east,north."
        raise refuse(field, "malformed", zh, en)
    try:
        west, south, east, north = (decimal_number(part) for part in parts)
    except ValueError:
        zh, en = "四个数都必须是有限数。", "All four must be finite numbers."
        raise refuse(field, "not_finite", zh, en) from None
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        zh = "超出经纬度范围，请检查顺序是否为经度、纬度。"
        en = "Out of range: is the order longitude, latitude?"
        raise refuse(field, "out_of_range", zh, en)
    if west >= east or south >= north:
        zh, en = "西必须小于东，南必须小于北。", "West must be below east, and south below north."
        raise refuse(field, "out_of_order", zh, en)
    box: Polygon = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box


def decimal_number(text: str) -> float:
    """A finite number as JSON would write it. Raises ValueError.

    float() also reads `1_0`, surrounding blanks, full-width digits, `nan` and `infinity`.
    """
    if len(text) > 64 or not text.isascii() or not set(text) <= set("0123456789+-.eE"):
        raise ValueError(text)
    return _finite(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


class StrictQueryMixin:
    """For views: `query_parameters` names what may be asked, `initial` refuses the rest."""

    query_parameters: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        check_query(request, self.query_parameters)
