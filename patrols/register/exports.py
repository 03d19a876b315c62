"""The register as CSV and as a workbook. No cell is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from gis.api.cells import csv_of, plain
from patrols.choices import SpotState
from patrols.register.routes import as_cell
from patrols.selectors.spots import SpotDue

__all__ = ["as_csv", "as_xlsx"]


# Names and orders of the routes that a spot is on, by its key.
Stops = Mapping[int, list[tuple[str, int]]]


def as_csv(rows: Iterable[SpotDue], stops: Stops) -> bytes:
    """One line a spot; UTF-8 with a byte order mark. Positions are WGS-84 degrees."""
    return csv_of(_lines(rows, stops))


def as_xlsx(rows: Iterable[SpotDue], stops: Stops) -> bytes:
    """The same on one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("走访台账"))
    sheet.freeze_panes = "A2"
    for column in range(1, 15):
        sheet.column_dimensions[get_column_letter(column)].width = 28 if column in (2, 3) else 14
    for line in _lines(rows, stops):
        sheet.append([plain(cell) for cell in line])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _lines(rows: Iterable[SpotDue], stops: Stops) -> Iterator[list[Any]]:
    """`import_spots` reads the first eight columns and passes over the others."""
    yield [
        *(_("类型"), _("名称"), _("地址"), _("经度"), _("纬度"), _("每几天一次"), _("备注")),
        *(_("路线"), _("网格代码"), _("最近走访"), _("记录停留（分钟）"), _("照片（张）")),
        *(_("应访日期"), _("状态")),
    ]
    for one in rows:
        spot, zone = one.spot, ZoneInfo(one.spot.place.time_zone)
        yield [
            *(spot.type.name, spot.name, spot.address, spot.position.x, spot.position.y),
            *(spot.every_days, spot.note, as_cell(stops.get(spot.pk, [])), spot.grid_code),
            f"{one.last.at.astimezone(zone):%Y-%m-%d %H:%M}" if one.last else _("未记录"),
            None if one.last is None or one.last.dwell_s is None else round(one.last.dwell_s / 60),
            one.last.photos if one.last else 0,
            one.due_on.isoformat(),
            str(SpotState(one.state).label),
        ]
