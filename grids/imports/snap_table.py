"""Snapping a table of points in a stream: any number of rows, bounded memory, no row lost."""

import csv
import io
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

import numpy as np
from numpy.typing import NDArray

from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.errors import InvalidInput
from gis.kernel.snap import METHODS, SnapIndex, SnapMethod
from grids.imports.csv_table import chunks, open_table

__all__ = ["ADDED", "Gazette", "Tally", "snap_table"]

ADDED = ("grid_code", "grid_name", "community", "subdistrict", "method", "reason")
_CHUNK = 20_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gazette:
    """An edition to snap in: its index and, per id, name and codes of community and subdistrict."""

    index: SnapIndex
    labels: Sequence[tuple[str, str, str]]
    tolerance_m: float


@dataclass
class Tally:
    """How many rows came to what."""

    rows: int = 0
    methods: Counter[str] = field(default_factory=Counter)


class _Writable(Protocol):
    def write(self, text: str, /) -> Any: ...


def snap_table(
    source: Path,
    target: Path,
    *,
    gazette: Gazette,
    lon: str,
    lat: str,
    datum: Datum,
    encoding: str = "utf-8-sig",
    prefix: str = "",
    advance: Callable[[int], object] = lambda _bytes: None,
) -> Tally:
    """Copy the CSV `source` to `target` with the columns `ADDED` behind its own.

    A row that cannot be snapped keeps its place and gets the method `invalid` and a reason. The
    result appears under its name only when it is complete. `advance` is told the bytes read.
    Raises `InvalidInput` for a file that is no such table.
    """
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8-sig", newline="", dir=target.parent, suffix=".part", delete=False
    ) as out:
        part = Path(out.name)
        try:
            with open_table(source, encoding) as text:
                tally = _copy(text, out, gazette, (lon, lat), datum, prefix, advance)
        except BaseException:
            part.unlink()
            raise
    part.replace(target)
    return tally


def _copy(
    text: TextIO,
    out: "_Writable",
    gazette: Gazette,
    fields: tuple[str, str],
    datum: Datum,
    prefix: str,
    advance: Callable[[int], object],
) -> Tally:
    reader = csv.reader(text)
    header = next(reader, None)
    if not header:
        raise InvalidInput("文件为空 (the file is empty)", "in")
    at = _columns(header, fields, [prefix + name for name in ADDED])
    _write(out, [[*header, *(prefix + name for name in ADDED)]])
    snapper = _Snapper(gazette, datum, at, len(header))
    tally, done = Tally(), 0
    for chunk in chunks(reader, _CHUNK):
        answers = snapper.answers(chunk)
        _write(out, [row + answer for row, answer in zip(chunk, answers, strict=True)])
        tally.rows += len(chunk)
        tally.methods.update(answer[4] for answer in answers)
        read = text.buffer.tell()
        advance(read - done)
        done = read
    return tally


def _write(out: _Writable, rows: list[list[str]]) -> None:
    """One write for all rows: one for each takes as long again as making them."""
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(rows)
    out.write(lines.getvalue())


def _columns(header: list[str], fields: tuple[str, str], added: list[str]) -> tuple[int, int]:
    names = [name.strip() for name in header]
    for name in fields:
        if names.count(name) != 1:
            said = "没有" if name not in names else "有多个"
            raise InvalidInput(
                f"表头{said}列 {name!r}；有：{'、'.join(names[:40])} (columns)", "lon/lat"
            )
    clash = sorted(set(names) & set(added))
    if clash:
        raise InvalidInput(
            f"表中已有列 {'、'.join(clash)}，请加 --prefix snap_ (columns exist; use --prefix)",
            "prefix",
        )
    return names.index(fields[0]), names.index(fields[1])


class _Snapper:
    """Answers rows in bulk."""

    def __init__(
        self, gazette: Gazette, datum: Datum, columns: tuple[int, int], width: int
    ) -> None:
        self._gazette, self._datum = gazette, datum
        self._lon, self._lat = columns
        self._width = width
        known = list(zip(gazette.index.codes, gazette.labels, strict=True))
        # Made once per grid, not once per row; what is told of a row in them is never changed.
        self._covered = [
            [[code, *label, str(method), ""] for code, label in known] for method in METHODS[:2]
        ]
        self._outside = ["", "", "", "", str(SnapMethod.OUTSIDE), "不在任何网格内 (in no grid)"]

    def answers(self, rows: list[list[str]]) -> list[list[str]]:
        """One list of the `ADDED` columns for each row; a row of the wrong length is mended."""
        odd = {k: self._mend(row) for k, row in enumerate(rows) if len(row) != self._width}
        lon, bad_lon = _numbers([row[self._lon] for row in rows])
        lat, bad_lat = _numbers([row[self._lat] for row in rows])
        wrong = _unusable(lon, lat) | bad_lon | bad_lat
        x, y = to_wgs84(np.where(wrong, 0.0, lon), np.where(wrong, 0.0, lat), self._datum)
        found = self._found(x, y)
        for k in np.flatnonzero(wrong).tolist():
            row = rows[k]
            found[k] = ["", "", "", "", "invalid", _reason(row[self._lon], row[self._lat])]
        for k, reason in odd.items():
            found[k] = ["", "", "", "", "invalid", reason]
        return found

    def _found(self, x: Floats, y: Floats) -> list[list[str]]:
        ids, methods, away_m = self._gazette.index.snap_many(
            x, y, tolerance_m=self._gazette.tolerance_m
        )
        inside, border = self._covered
        pairs = zip(ids.tolist(), methods.tolist(), strict=True)
        found = [
            inside[k] if how == 0 else border[k] if how == 1 else self._outside for k, how in pairs
        ]
        for k in np.flatnonzero(methods == METHODS.index(SnapMethod.NEAREST)).tolist():
            said = f"在界外 {away_m[k]:.1f} 米 (outside by {away_m[k]:.1f} m)"
            found[k] = [*inside[ids[k]][:4], str(SnapMethod.NEAREST), said]
        return found

    def _mend(self, row: list[str]) -> str:
        extra = row[self._width :]
        said = f"有 {len(row)} 列，应为 {self._width} 列 (wrong number of columns)"
        if extra:
            said += f"：{','.join(extra)}"
            del row[self._width :]
        row.extend([""] * (self._width - len(row)))
        return said


def _numbers(texts: list[str]) -> tuple[Floats, NDArray[np.bool_]]:
    try:
        values = np.array(texts, dtype=np.float64)
    except ValueError:
        values = np.array([_number(text) for text in texts], dtype=np.float64)
    return values, ~np.isfinite(values)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _unusable(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return ~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))


def _reason(lon: str, lat: str) -> str:
    for name, text in (("经度 lon", lon), ("纬度 lat", lat)):
        if not text.strip():
            return f"{name} 为空 (blank)"
        if not math.isfinite(_number(text)):
            return f"{name} {text[:40]!r} 不是有限数 (not a finite number)"
    if abs(float(lat)) > 90.0 and abs(float(lon)) <= 90.0:
        return "经纬度颠倒 (latitude comes first)"
    return "超出经纬度范围 (out of range)"
