"""Channels and categories from a profile: data, loaded again as often as one likes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from psycopg.types.range import DateRange

from gis.kernel.errors import InvalidInput
from incidents.choices import DatumChoice, Kind
from incidents.models import Category, Channel

__all__ = ["TableCounts", "load_tables"]

CHANNELS, CATEGORIES = "channels.toml", "categories.toml"


@dataclass(frozen=True)
class TableCounts:
    """How many rows were added; what was there is left as it is."""

    channels: int
    categories: int


@transaction.atomic
def load_tables(folder: Path) -> TableCounts:
    """Add the channels and categories of a profile's folder that are not there yet.

    A code that is there for some of the same days may have been corrected, so it is left alone. A
    missing file adds nothing. Raises `InvalidInput` naming the file and what is wrong in it.
    """
    channels = [_channel(row) for row in _read(folder / CHANNELS).get("channel", ())]
    table = _read(folder / CATEGORIES)
    rows = enumerate(table.get("category", ()), 1)
    categories = [_category(row, order, table.get("from")) for order, row in rows]
    known = set(Channel.objects.values_list("code", flat=True))
    taken: dict[str, list[Any]] = {}
    for code, span in Category.objects.values_list("code", "valid"):
        taken.setdefault(code, []).append(span)
    return TableCounts(
        len(Channel.objects.bulk_create(one for one in channels if one.code not in known)),
        len(
            Category.objects.bulk_create(
                one
                for one in categories
                if not any(_overlap(one.valid, span) for span in taken.get(one.code, ()))
            )
        ),
    )


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"不是 TOML：{error} (not TOML)", path.name) from None


def _text(row: dict[str, Any], key: str, file: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"缺少 {key}：{row} (is missing)", file)
    return value


def _overlap(one: Any, other: Any) -> bool:
    """Whether two ranges of dates share a day; an open end is for ever."""
    return all(
        a.upper is None or b.lower is None or b.lower < a.upper
        for a, b in ((one, other), (other, one))
    )


def _channel(row: dict[str, Any]) -> Channel:
    code, datum = _text(row, "code", CHANNELS), _text(row, "datum", CHANNELS)
    if datum not in DatumChoice.values:
        raise InvalidInput(f"{code}：未知坐标系 {datum} (unknown datum)", CHANNELS)
    return Channel(
        code=code,
        name=_text(row, "name", CHANNELS),
        name_en=_text(row, "name_en", CHANNELS),
        datum=datum,
        is_open=row.get("open", False) is True,
    )


def _category(row: dict[str, Any], order: int, default_from: Any) -> Category:
    code, kind = _text(row, "code", CATEGORIES), _text(row, "kind", CATEGORIES)
    first, until = row.get("from", default_from), row.get("until")
    if kind not in Kind.values:
        raise InvalidInput(f"{code}：未知类型 {kind} (unknown kind)", CATEGORIES)
    if type(first) is not date or (until is not None and type(until) is not date):
        raise InvalidInput(f"{code}：from、until 应为日期 (dates are needed)", CATEGORIES)
    return Category(
        code=code,
        name=_text(row, "name", CATEGORIES),
        name_en=_text(row, "name_en", CATEGORIES),
        kind=kind,
        valid=DateRange(first, until),
        order=order,
    )
