"""A table from CSV or XLSX as rows of text. Formulas are not evaluated, and not accepted."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from gis.kernel.errors import InvalidInput

__all__ = ["HEADERS", "Row", "read_sheet"]

_MAX_ROWS = 100_000
_MAX_UNPACKED = 256 << 20

HEADERS = {
    "username": ("username", "用户名", "账号"),
    "full_name": ("full_name", "name", "姓名"),
    "role": ("role", "角色"),
    "kind": ("kind", "岗位", "岗位类型"),
    "grid": ("grid", "grid_code", "网格", "网格代码"),
    "region": ("region", "region_code", "辖区", "社区", "辖区代码"),
    "unit": ("unit", "unit_code", "单位", "单位代码"),
    "from": ("from", "start", "开始", "任期开始"),
    "until": ("until", "end", "结束", "任期结束"),
    "leave_from": ("leave_from", "请假开始"),
    "leave_until": ("leave_until", "请假结束"),
    "leave_reason": ("leave_reason", "请假事由"),
    "note": ("note", "备注"),
}
_REQUIRED = ("username", "role", "from")
_BY_HEADER = {alias: column for column, aliases in HEADERS.items() for alias in aliases}


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (the header is 1), and its cells by column."""

    number: int
    cells: dict[str, str]
    formulas: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_sheet(path: Path, *, encoding: str = "utf-8-sig") -> list[Row]:
    """Rows of a .csv or of the first sheet of an .xlsx; blank rows are left out.

    Raises `InvalidInput` for a file that is missing, of another kind, or without the columns
    username, role and from.
    """
    if not path.is_file():
        raise InvalidInput(f"找不到文件 {path} (no such file)", "file")
    suffix = path.suffix.lower()
    if suffix == ".csv":
        lines = _csv_lines(path, encoding)
    elif suffix == ".xlsx":
        lines = _xlsx_lines(path)
    else:
        raise InvalidInput("只接受 .csv 或 .xlsx (only .csv or .xlsx)", "file")
    header = next(lines, [])
    columns = [_BY_HEADER.get(str(cell or "").strip().lower()) for cell in header]
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        wanted = "；".join(" / ".join(HEADERS[name]) for name in missing)
        raise InvalidInput(f"表头缺少列：{wanted} (columns are missing)", "header")
    return list(_rows(columns, lines))


def _rows(columns: list[str | None], lines: Iterator[list[Any]]) -> Iterator[Row]:
    for number, line in enumerate(lines, 2):
        if number > _MAX_ROWS:
            raise InvalidInput(f"超过 {_MAX_ROWS} 行 (too many rows)", "file")
        pairs = [(name, cell) for name, cell in zip(columns, line, strict=False) if name]
        cells = {name: _text(cell) for name, cell in pairs}
        if any(cells.values()):
            formulas = tuple(name for name, cell in cells.items() if cell.startswith("="))
            yield Row(number, cells, formulas)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _csv_lines(path: Path, encoding: str) -> Iterator[list[Any]]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from csv.reader(file)
    except UnicodeDecodeError:
        raise InvalidInput(
            f"不是 {encoding} 编码，可试 --encoding gb18030 (wrong encoding)", "encoding"
        ) from None
    except csv.Error as error:
        raise InvalidInput(f"不是 CSV：{error} (not CSV)", "file") from None


def _xlsx_lines(path: Path) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise InvalidInput("疑似压缩炸弹 (looks like a zip bomb)", "file")
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidInput(f"不是完整的 .xlsx：{error} (not an .xlsx)", "file") from None
    try:
        for line in book.worksheets[0].iter_rows(values_only=True):
            yield list(line)
    finally:
        book.close()
