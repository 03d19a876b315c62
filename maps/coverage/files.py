"""The table as CSV and as a workbook, in the numbers and the order of the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from gis.api.cells import csv_of, plain
from maps.coverage.asking import CoverTable
from maps.coverage.table import Grade

__all__ = ["as_csv", "as_xlsx", "grade_name"]

_WIDTHS = (24, 18, 20, 12, 12, 14, 12, 12, 12, 12)


def as_csv(table: CoverTable) -> bytes:
    """A line for each row of the page; UTF-8 with a byte order mark."""
    return csv_of(_rows(table))


def as_xlsx(table: CoverTable) -> bytes:
    """The same on one sheet, and on another what it is about."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("巡查覆盖"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in _rows(table):
        sheet.append([plain(cell) for cell in row])
    about = book.create_sheet(_("说明"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 18, 60
    for row in _about(table):
        about.append([plain(cell) for cell in row])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def grade_name(grade: Grade) -> str:
    """The word for a grade, in the language of the request."""
    return {
        Grade.GOOD: _("好"),
        Grade.FAIR: _("中"),
        Grade.POOR: _("差"),
        Grade.NONE: _("无定位"),
    }[grade]


def _rows(table: CoverTable) -> Iterator[list[Any]]:
    yield [
        *(_("名称"), _("编码"), _("上级"), _("覆盖率（%）"), _("定位质量"), _("合格定位（%）")),
        *(_("定位数"), _("有记录网格"), _("网格数"), _("面积（公顷）")),
    ]
    for line in table.lines:
        quality = None if line.quality is None else round(100 * line.quality)
        yield [
            *(line.name, line.code, line.above, line.percent, grade_name(line.grade), quality),
            *(line.fixes, line.seen, line.grids, round(line.area_m2 / 1e4, 1)),
        ]


def _about(table: CoverTable) -> Iterator[list[Any]]:
    zone = ZoneInfo(table.scope.place.time_zone)
    since, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (table.since, table.until))
    yield [_("地区"), table.scope.place.name]
    yield [_("区划版本"), table.scope.edition.name]
    yield [_("期间"), f"{since} – {until}"]
    yield [
        _("覆盖率"),
        _("轨迹两侧 %(n)d 米以内的面积占比；街道、社区按网格面积加权") % {"n": table.within_m},
    ]
    yield [_("没有记录"), _("没有记录不等于没有去过：浏览器不能在后台定位。")]
    if table.error_m is not None:
        yield [_("误差"), _("由已压缩的轨迹计算，误差 ≤ %(n)g 米") % {"n": table.error_m}]
