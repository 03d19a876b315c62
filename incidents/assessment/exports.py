"""The table as files: CSV for anybody, a workbook with what was corrected. No cell is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from gis.api.cells import csv_of, plain
from grids.querysets import Viewer
from incidents.assessment.figures import Table, Told
from incidents.assessment.indicators import INDICATORS
from incidents.models import CaseScore
from incidents.selectors import cases_for

__all__ = ["as_csv", "as_xlsx"]


def as_csv(table: Table) -> bytes:
    """One line a row, then the whole; UTF-8 with a byte order mark."""
    return csv_of(_lines(table))


def as_xlsx(table: Table, user: Viewer) -> bytes:
    """The table on one sheet, and every score that an appeal corrected, before and after."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    _sheet(book, _("考评"), _lines(table))
    _sheet(book, _("更正"), _corrections(table, user))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _sheet(book: Workbook, title: str, rows: Iterator[list[Any]]) -> None:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([plain(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    for column in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 30 if column == 2 else 13


def _lines(table: Table) -> Iterator[list[Any]]:
    yield [
        *(_("代码"), _("名称"), _("名次"), _("档"), _("件数"), _("结案件数"), _("评分件数")),
        *(_("平均分"), _("响应度"), _("办结"), _("满意度")),
        *(_("收缩均值"), _("下限"), _("上限"), _("说明")),
        *(f"{one.label} {part}" for one in INDICATORS for part in (_("分子"), _("分母"), "")),
    ]
    for row in (*table.rows, *([table.overall] if table.overall else ())):
        yield _cells(row, table)


def _cells(row: Told, table: Table) -> list[Any]:
    standing = row.standing
    cells: list[Any] = [
        row.key,
        row.name,
        standing.rank if standing else None,
        standing.band if standing else None,
        row.cases,
        row.closed,
        row.scored,
        *(_two(one) for one in (row.score, *row.parts.values())),
        *(_two(one) for one in (
            (standing.shrunk, standing.low, standing.high) if standing else (None, None, None)
        )),
        _("评分不足 {minimum} 件，不排名").format(minimum=table.minimum)
        if row.key and row is not table.overall and row.scored < table.minimum else "",
    ]  # fmt: skip
    for one in INDICATORS:
        counted, among = row.indicators[one.name]
        cells += [counted, among, round(counted / among, 4) if among else None]
    return cells


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _corrections(table: Table, user: Viewer) -> Iterator[list[Any]]:
    yield [
        _("案件编号"), _("责任单位"), _("更正前"), _("更正后"), _("裁定时间"), _("理由"),
        _("裁定意见"),
    ]  # fmt: skip
    asked = table.asked
    rows = CaseScore.objects.filter(
        appeal__isnull=False, incident__in=cases_for(user).filter(place=asked.edition.place_id),
        closed_at__gte=asked.since, closed_at__lt=asked.until,
    )  # fmt: skip
    for row in rows.select_related("incident", "unit", "appeal__score").order_by("pk"):
        appeal = row.appeal
        if appeal is None:
            continue
        yield [
            row.incident.number, str(row.unit or ""), float(appeal.score.score), float(row.score),
            appeal.decided_at.strftime("%Y-%m-%d %H:%M") if appeal.decided_at else "",
            appeal.reason, appeal.words,
        ]  # fmt: skip
