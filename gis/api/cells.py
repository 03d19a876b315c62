"""Cells of files that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any

__all__ = ["csv_of", "plain", "unescaped"]

_BOM = "\ufeff"
# What spreadsheets take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value: Any) -> Any:
    """A cell that no spreadsheet reads as a formula: what looks like one gets an apostrophe."""
    if isinstance(value, str) and value.lstrip().startswith(_FORMULA):
        return f"'{value}"
    return value


def csv_of(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as CSV, no cell a formula; UTF-8 with a byte order mark, so that Excel reads it."""
    held = io.StringIO()
    csv.writer(held).writerows([plain(cell) for cell in row] for row in rows)
    return (_BOM + held.getvalue()).encode()


def unescaped(cell: str) -> str:
    """The text that `plain` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_FORMULA) else cell
