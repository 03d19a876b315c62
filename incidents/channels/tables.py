"""Reading a dropped file: JSON as a webhook has it, or a table of text with the same names."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

from gis.api.parsers import parse_json
from gis.api.problems import refuse
from incidents.channels.adapter import Adapter

__all__ = ["MOST_BYTES", "MOST_ROWS", "rows_of_file"]

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 5000


def rows_of_file(adapter: Adapter, path: Path) -> list[Any]:
    """The rows in a file, in order. Raises `Refused` when it cannot be read as a whole."""
    if path.stat().st_size > MOST_BYTES:
        raise refuse(None, "too_large", "文件太大，最多 8 MB。", "The file is too large.")
    raw = path.read_bytes()
    rows = _table(adapter, raw) if path.suffix == ".csv" else _json(adapter, raw)
    if not rows:
        raise refuse(None, "empty", "文件中没有数据。", "There are no rows in the file.")
    if len(rows) > MOST_ROWS:
        zh, en = f"最多 {MOST_ROWS} 行。", f"At most {MOST_ROWS} rows."
        raise refuse(None, "too_many", zh, en)
    return rows


def _json(adapter: Adapter, raw: bytes) -> list[Any]:
    body = parse_json(raw.removeprefix(b"\xef\xbb\xbf"), max_depth=6)
    if adapter.rows and isinstance(body, dict) and isinstance(body.get(adapter.rows), list):
        return list(body[adapter.rows])
    return body if isinstance(body, list) else [body]


def _table(adapter: Adapter, raw: bytes) -> list[Any]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        zh, en = f"第 {error.start} 字节不是 UTF-8。", f"Byte {error.start} is not UTF-8."
        raise refuse(None, "not_utf8", zh, en) from None
    if "\x00" in text:
        raise refuse(None, "bad_text", "含有空字符。", "Holds a NUL character.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        zh = f"第 {reader.line_num} 行不是 CSV。"
        raise refuse(None, "not_csv", zh, f"Line {reader.line_num}: {error}.") from None
    if not lines:
        return []
    names = [name.strip() for name in lines[0]]
    if len(set(names)) < len(names):
        raise refuse(None, "repeated_key", "表头有重复的列。", "A column appears twice.")
    return [_row(adapter, names, line) for line in lines[1:]]


def _row(adapter: Adapter, names: list[str], line: list[str]) -> dict[str, Any]:
    """The cells that are not blank; one too many is named by its number, and refused as unknown."""
    found: dict[str, Any] = {}
    for index, cell in enumerate(line):
        name = names[index] if index < len(names) else f"#{index + 1}"
        if cell.strip():
            found[name] = _figure(cell) if name in adapter.numbers else cell.strip()
    return found


def _figure(cell: str) -> Any:
    try:
        value = float(cell)
    except ValueError:
        return cell
    return value if math.isfinite(value) else cell
