"""How a table of another system is read: which column is what, in which words, time and datum."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gis.kernel.datum import Datum
from gis.kernel.errors import InvalidInput
from incidents.choices import Kind

__all__ = ["Meaning", "ReportMapping", "load_mapping"]

_SECTIONS = {
    "file": {"encoding", "delimiter"},
    "columns": {
        "external_id", "received_at", "occurred_at", "category", "description", "address",
        "lon", "lat", "point", "accuracy_m",
    },
    "position": {"datum", "point_order", "placeholders"},
    "time": {"formats", "zone"},
    "category": set(),
    "other": {"kind", "category"},
}  # fmt: skip
_NEEDED = ("external_id", "received_at", "description")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value of the category column stands for."""

    kind: str
    category: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportMapping:
    """A mapping as it is written in a TOML file, checked.

    `columns` gives the columns of each field, `description` any number of them. `placeholders` are
    positions (lon, lat) that the other system writes where it knows none. `other` is what a value
    that `categories` does not name stands for, None if such a row is refused.
    """

    columns: Mapping[str, tuple[str, ...]]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    datum: Datum | None = None
    latitude_first: bool = False
    placeholders: tuple[tuple[float, float], ...] = ()
    formats: tuple[str, ...] = ("iso",)
    zone: ZoneInfo | None = None
    categories: Mapping[str, Meaning]
    other: Meaning | None = None


def load_mapping(path: Path) -> ReportMapping:
    """Read a mapping. Raises `InvalidInput` that names the section and what is wrong in it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"读不到 {path}：{error.strerror} (cannot be read)", "profile") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} 不是 TOML：{error} (not TOML)", "profile") from None
    _known(data)
    if "category" not in data.get("columns", {}) and "other" not in data:
        raise InvalidInput("没有 category 列时应有 [other] (needed without that column)", "profile")
    file, position, time = (data.get(name, {}) for name in ("file", "position", "time"))
    zone = time.get("zone")
    return ReportMapping(
        columns=_columns(data.get("columns", {})),
        encoding=_text(file, "encoding", "utf-8-sig"),
        delimiter=_delimiter(file),
        datum=Datum.parse(position["datum"]) if "datum" in position else None,
        latitude_first=_latitude_first(position),
        placeholders=tuple(_pair(one) for one in position.get("placeholders", ())),
        formats=_formats(time.get("formats", ["iso"])),
        zone=None if zone is None else _zone(zone),
        categories={
            _plain(name): _meaning(row, name) for name, row in data.get("category", {}).items()
        },
        other=_meaning(data["other"], "other") if "other" in data else None,
    )


def _known(data: dict[str, Any]) -> None:
    """A misspelt name would silently change what is read."""
    for section, content in data.items():
        if section not in _SECTIONS:
            raise InvalidInput(f"未知部分 [{section}] (unknown section)", "profile")
        if not isinstance(content, dict):
            raise InvalidInput(f"[{section}] 应为表 (should be a table)", "profile")
        allowed = _SECTIONS[section]
        if allowed and (unknown := sorted(set(content) - allowed)):
            raise InvalidInput(f"[{section}] 未知项 {'、'.join(unknown)} (unknown)", "profile")


def _columns(section: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, value in section.items():
        names = value if isinstance(value, list) else [value]
        if not names or not all(isinstance(one, str) and one for one in names):
            raise InvalidInput(f"[columns] {name} 应为列名 (a column's name)", "profile")
        if len(names) > 1 and name != "description":
            raise InvalidInput(f"[columns] {name} 只能是一列 (one column only)", "profile")
        found[name] = tuple(names)
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise InvalidInput(f"[columns] 缺少 {'、'.join(missing)} (missing)", "profile")
    if ("point" in found) == ("lon" in found) or ("lon" in found) != ("lat" in found):
        raise InvalidInput("[columns] 应有 lon 与 lat，或者 point (either, not both)", "profile")
    return found


def _text(section: dict[str, Any], name: str, default: str) -> str:
    value = section.get(name, default)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name} 应为文字 (should be text)", "profile")
    return value


def _delimiter(section: dict[str, Any]) -> str:
    value = _text(section, "delimiter", ",")
    if len(value) != 1 or value in '"\r\n':
        raise InvalidInput("delimiter 应为一个字符 (one character)", "profile")
    return value


def _latitude_first(section: dict[str, Any]) -> bool:
    order = section.get("point_order", "lon,lat")
    if order not in ("lon,lat", "lat,lon"):
        raise InvalidInput("point_order 应为 lon,lat 或 lat,lon", "profile")
    return bool(order == "lat,lon")


def _pair(value: Any) -> tuple[float, float]:
    match value:
        case [float() | int() as lon, float() | int() as lat]:
            return float(lon), float(lat)
    raise InvalidInput("placeholders 应为 [经度, 纬度] (pairs of lon, lat)", "profile")


def _formats(value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise InvalidInput("formats 应为列表 (should be a list)", "profile")
    return tuple(str(one) for one in value)


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"未知时区 {name} (unknown time zone)", "profile") from None


def _plain(value: str) -> str:
    """Values are compared without regard to case and spaces at the ends."""
    return value.strip().casefold()


def _meaning(value: Any, name: str) -> Meaning:
    match value:
        case {"kind": str(kind), **rest} if kind in Kind.values and not set(rest) - {"category"}:
            category = rest.get("category")
            if category is None or isinstance(category, str):
                return Meaning(kind, category)
    raise InvalidInput(
        f'[{name}] 应为 {{ kind = "{"|".join(Kind.values)}", category = 代码 }}', "profile"
    )
