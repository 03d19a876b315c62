"""Cells of files that people open in a spreadsheet."""

from typing import Any

__all__ = ["BOM", "plain", "unescaped"]

BOM = "\ufeff"
# What spreadsheets take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value: Any) -> Any:
    """A cell that no spreadsheet reads as a formula: what looks like one gets an apostrophe."""
    if isinstance(value, str) and value.lstrip().startswith(_FORMULA):
        return f"'{value}"
    return value


def unescaped(cell: str) -> str:
    """The text that `plain` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_FORMULA) else cell
