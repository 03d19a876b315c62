"""Rows of a register from a CSV: every cell that is wrong is named by row and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gis.api.cells import unescaped
from gis.api.query import decimal_number
from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.errors import InvalidInput
from grids.imports.csv_table import open_table
from patrols.models.route import MOST_STOPS
from patrols.models.spot import MOST_DAYS

__all__ = ["COLUMNS", "Fault", "Row", "read_register", "read_stops"]

COLUMNS = {
    "type": ("type", "kind", "类型"),
    "name": ("name", "名称"),
    "address": ("address", "地址"),
    "lon": ("lon", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "every_days": ("every_days", "every so many days", "每几天一次"),
    "note": ("note", "备注"),
    "routes": ("routes", "route", "路线"),
}
_REQUIRED = ("type", "name", "lon", "lat")
_LONGEST = {"type": 40, "name": 80, "address": 120, "note": 200}
_BY_HEADER = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}
_MAX_ROWS = 100_000
_STOP = re.compile(r"([^#\uff03]{1,40})[#\uff03]\s*([0-9]{1,3})")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell; the header is row 1."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class Row:
    """A spot as it was written, its position in WGS-84 degrees."""

    number: int
    type: str
    name: str
    address: str
    lon: float
    lat: float
    every_days: int | None
    note: str
    # Names of routes and its place in each; None when the file says nothing of routes.
    stops: frozenset[tuple[str, int]] | None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same spot as one that is there."""
        return self.type, self.name, self.address


def read_register(
    path: Path, *, datum: Datum, encoding: str = "utf-8-sig"
) -> tuple[list[Row], list[Fault]]:
    """The rows that can be read, and what is wrong with the others; blank lines are passed over.

    Columns of other names are passed over. Raises `InvalidInput` for a file that is missing, not
    CSV, of another encoding, or without the columns type, name, lon and lat.
    """
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, cells in _lines(path, encoding):
        wrong: list[Fault] = []
        row = _row(number, cells, datum, wrong)
        if row is None or wrong:
            faults += wrong
        else:
            rows.append(row)
    return rows, faults


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, str]]]:
    with open_table(path, encoding) as text:
        reader = csv.reader(text, strict=True)
        try:
            header = next(reader, [])
            columns = [_BY_HEADER.get(cell.strip().lower()) for cell in header]
            _check_header(columns)
            for number, line in enumerate(reader, 2):
                if number > _MAX_ROWS:
                    raise InvalidInput(f"超过 {_MAX_ROWS} 行 (too many rows)", "file")
                pairs = zip(columns, line, strict=False)
                cells = {name: unescaped(cell.strip()) for name, cell in pairs if name}
                if any(cells.values()):
                    yield number, cells
        except csv.Error as error:
            raise InvalidInput(
                f"第 {reader.line_num} 行不是 CSV：{error} (not CSV)", "file"
            ) from None


def _check_header(columns: list[str | None]) -> None:
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        wanted = "；".join(" / ".join(COLUMNS[name]) for name in missing)
        raise InvalidInput(f"表头缺少列：{wanted} (columns are missing)", "header")
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise InvalidInput(f"表头重复：{'、'.join(sorted(twice))} (columns twice)", "header")


def _row(number: int, cells: dict[str, str], datum: Datum, wrong: list[Fault]) -> Row | None:
    """The row, or None; what is wrong goes to `wrong`."""
    wrong += [Fault(number, *reason) for reason in _text_faults(cells)]
    degrees = {name: _degrees(cells.get(name, ""), most) for name, most in _MOST.items()}
    for name, value in degrees.items():
        if value is None:
            message = f"应为 ±{_MOST[name]} 以内的度数 (must be degrees within that)"
            wrong.append(Fault(number, name, message))
    days = _days(cells.get("every_days", ""))
    if days == 0:
        message = f"应为 1 至 {MOST_DAYS} 的整数，或空 (whole days, or blank)"
        wrong.append(Fault(number, "every_days", message))
    if read_stops(cells.get("routes", "")) is None:
        message = f"应为 路线名#次序，次序 1 至 {MOST_STOPS}，多条用分号隔开 (name#order; …)"
        wrong.append(Fault(number, "routes", message))
    lon, lat = degrees["lon"], degrees["lat"]
    if lon is None or lat is None:
        return None
    lon, lat = to_wgs84(lon, lat, datum)
    kind, name, address, note = (cells.get(key, "") for key in _LONGEST)
    stops = read_stops(cells["routes"]) if "routes" in cells else None
    return Row(number, kind, name, address, lon, lat, days, note, stops)


def _text_faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column, most in _LONGEST.items():
        cell = cells.get(column, "")
        if column in _REQUIRED and not cell:
            yield column, "必须填写 (required)"
        if len(cell) > most:
            yield column, f"最多 {most} 个字 (too long)"
        if "\0" in cell:
            yield column, "含有不能保存的字符 (cannot be stored)"


_MOST = {"lon": 180, "lat": 90}


def _degrees(text: str, most: float) -> float | None:
    try:
        value = decimal_number(text)
    except ValueError:
        return None
    return value if abs(value) <= most else None


def read_stops(text: str) -> frozenset[tuple[str, int]] | None:
    """Names and orders of `路线 A#3；夜巡#1`; None for what is no such list."""
    found = set()
    for part in re.split("[;；]", text) if text else ():
        read = _STOP.fullmatch(part.strip())
        if read is None or not 1 <= int(read[2]) <= MOST_STOPS:
            return None
        found.add((read[1].strip(), int(read[2])))
    # A spot is once on a route.
    return frozenset(found) if len({name for name, _ in found}) == len(found) else None


def _days(text: str) -> int | None:
    """Whole days; None for blank, 0 for what is wrong."""
    if not text:
        return None
    sound = text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MOST_DAYS
    return int(text) if sound else 0
