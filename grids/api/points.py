"""Reading points: strict about types, and every reason names its field."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gis.api.problems import Problem, Refused
from gis.api.query import decimal_number
from gis.kernel.datum import Datum, to_wgs84
from grids.api.scopes import Scope, ScopeReader, status_of
from grids.selectors import Position

FIELDS = ("lon", "lat", "datum", "accuracy_m", "edition", "place")
MOST_POINTS = 10_000
# A radius in which a phone may be wrong; beyond it the shares of grids say nothing any more.
MOST_ACCURACY_M = 10_000.0
# The work of a list grows with its circles: 10,000 of 200 m, or fewer and wider ones.
MOST_RADII_M = 2_000_000.0

_NAMES = ", ".join(FIELDS)
_DATUMS = "wgs84, cgcs2000, gcj02, bd09"
_WORDS = {
    "required": ("必须提供。", "This field is required."),
    "not_a_number": ("必须是数字。", "Must be a number."),
    "not_finite": ("必须是有限数。", "Must be a finite number."),
    "not_text": ("必须是文字。", "Must be text."),
    "unknown_field": (
        f"未知字段；可用：{_NAMES}。",
        f"Unknown; use {_NAMES}.",
    ),
    "unknown_datum": (f"未知坐标系；可用：{_DATUMS}。", f"Unknown datum; use one of {_DATUMS}."),
    "lon_range": ("经度须在 -180 到 180 之间。", "Longitude must be from -180 to 180."),
    "lat_range": ("纬度须在 -90 到 90 之间。", "Latitude must be from -90 to 90."),
    "accuracy_range": (
        f"精度须在 0 到 {MOST_ACCURACY_M:.0f} 米之间。",
        f"Accuracy must be from 0 to {MOST_ACCURACY_M:.0f} metres.",
    ),
    "swapped": (
        "经纬度似乎颠倒：对调后正好在本地区内。",
        "Longitude and latitude look swapped: the other way round they lie in this place.",
    ),
    "not_an_object": ("每个点应为一个 JSON 对象。", "Each point must be a JSON object."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A position and the edition it is asked in."""

    position: Position
    scope: Scope


class PointReader:
    """Reads the points of one request for one viewer."""

    def __init__(self, scopes: ScopeReader) -> None:
        self._scopes = scopes

    def read_query(self, query: Mapping[str, str]) -> Asked:
        """One point from a query string. Raises `Refused`."""
        raw: dict[str, Any] = dict(query)
        problems = []
        for name in ("lon", "lat", "accuracy_m"):
            if name in raw:
                raw[name], problem = _number_in(raw[name], name)
                problems += [problem] if problem else []
        if problems:
            raise Refused(problems)
        asked = self.read(raw)
        if isinstance(asked, list):
            raise Refused(asked, status_of(asked))
        return asked

    def read_list(self, rows: Any) -> list[Asked]:
        """The points of a JSON body, in order. Raises `Refused` naming every bad row: `[3].lon`."""
        if not isinstance(rows, list):
            zh, en = "请求体应为点的列表。", "The body must be a list of points."
            raise Refused([Problem(None, "not_a_list", zh, en)])
        if len(rows) > MOST_POINTS:
            zh = f"一次最多 {MOST_POINTS} 个点。"
            raise Refused([Problem(None, "too_many", zh, f"At most {MOST_POINTS} points at once.")])
        asked, problems = [], []
        for number, row in enumerate(rows):
            one = self.read(row) if isinstance(row, dict) else [_problem("", "not_an_object")]
            if isinstance(one, Asked):
                asked.append(one)
            else:
                problems += [replace(p, field=_in_row(number, p.field)) for p in one]
        if problems:
            raise Refused(problems)
        if sum(one.position.accuracy_m or 0.0 for one in asked) > MOST_RADII_M:
            zh = f"accuracy_m 之和超过 {MOST_RADII_M:.0f} 米，请分批发送。"
            en = f"accuracy_m adds up to more than {MOST_RADII_M:.0f} m: send fewer points at once."
            raise Refused([Problem(None, "too_much_work", zh, en)])
        return asked

    def read(self, raw: Mapping[str, Any]) -> Asked | list[Problem]:
        """One point, or what is wrong with it."""
        problems = [_problem(name, "unknown_field") for name in raw if name not in FIELDS]
        values: dict[str, Any] = {}
        for name, check in _CHECKS.items():
            code = check(raw, name, values)
            if code:
                problems.append(_problem(name, code))
        scope = self._scopes.find(values.get("place", ""), values.get("edition", ""))
        if isinstance(scope, Problem):
            return [*problems, scope]
        problems += _range_problems(values, scope)
        if problems:
            return problems
        position = Position(values["lon"], values["lat"], values["datum"], values.get("accuracy_m"))
        return Asked(position, scope)


def _in_row(number: int, field: str | None) -> str:
    return f"[{number}].{field}" if field else f"[{number}]"


def _problem(field: str, code: str) -> Problem:
    message, message_en = _WORDS[code]
    public = "out_of_range" if code.endswith("_range") else code
    return Problem(field or None, public, message, message_en)


def _number_in(text: str, name: str) -> tuple[float | None, Problem | None]:
    try:
        return decimal_number(text), None
    except ValueError:
        word = text.strip().lower().lstrip("+-")
        finite = word not in {"nan", "inf", "infinity"} and not _overflows(text)
        return None, _problem(name, "not_a_number" if finite else "not_finite")


def _overflows(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False


def _check_degrees(raw: Mapping[str, Any], name: str, values: dict[str, Any]) -> str:
    value = raw.get(name)
    if value is None:
        return "required"
    return _check_number(value, name, values)


def _check_length(raw: Mapping[str, Any], name: str, values: dict[str, Any]) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    code = _check_number(value, name, values)
    if not code and not 0 <= values[name] <= MOST_ACCURACY_M:
        return "accuracy_range"
    return code


def _check_number(value: Any, name: str, values: dict[str, Any]) -> str:
    # A bool is an int to Python, not to anybody who sends a position.
    if value.__class__ is not float and value.__class__ is not int:
        return "not_a_number"
    values[name] = float(value)
    return "" if math.isfinite(values[name]) else "not_finite"


def _check_datum(raw: Mapping[str, Any], name: str, values: dict[str, Any]) -> str:
    value = raw.get(name)
    if value is None or value == "":
        return "required"
    if not isinstance(value, str):
        return "not_text"
    datum = _DATUM_OF.get(value.lower())
    if datum is None:
        return "unknown_datum"
    values[name] = datum
    return ""


def _check_name(raw: Mapping[str, Any], name: str, values: dict[str, Any]) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        return "not_text"
    values[name] = value
    return ""


def _range_problems(values: dict[str, Any], scope: Scope) -> list[Problem]:
    lon, lat = values.get("lon"), values.get("lat")
    found = []
    if lon is not None and not -180 <= lon <= 180:
        found.append(_problem("lon", "lon_range"))
    if lat is not None and not -90 <= lat <= 90:
        found.append(_problem("lat", "lat_range"))
    # Another datum moves a point by a kilometre or so: the extent is wide enough to ask as is.
    if lon is not None and lat is not None and scope.holds(lat, lon) and not scope.holds(lon, lat):
        return [_problem("lon", "swapped"), _problem("lat", "swapped")]
    return found or _conversion_problems(values)


def _conversion_problems(values: dict[str, Any]) -> list[Problem]:
    """At the edge of the world another datum may lie beyond it."""
    lon, lat, datum = values.get("lon"), values.get("lat"), values.get("datum")
    if lon is None or lat is None or datum is None or (abs(lon) < 179 and abs(lat) < 89):
        return []
    x, y = to_wgs84(lon, lat, datum)
    wrong = {"lon": not -180 <= x <= 180, "lat": not -90 <= y <= 90}
    return [_problem(name, f"{name}_range") for name in wrong if wrong[name]]


_DATUM_OF = {str(datum): datum for datum in Datum}
_CHECKS = {
    "lon": _check_degrees,
    "lat": _check_degrees,
    "datum": _check_datum,
    "accuracy_m": _check_length,
    "edition": _check_name,
    "place": _check_name,
}
