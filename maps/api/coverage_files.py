"""`/api/v1/wall/coverage.csv` and `.xlsx`: the table of `/coverage/` as files."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from maps.api.wall import AT
from maps.coverage.asking import CoverTable, read_table
from maps.coverage.files import as_csv, as_xlsx
from maps.coverage.table import SORTS, Level
from maps.wall.coverage import WINDOWS
from patrols.choices import Period

__all__ = ["CoverageCsvView", "CoverageXlsxView"]

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARAMETERS = [
    query("date", "地区当日，默认今天 (local day of the place, default: today)"),
    query("period", "day：当日；week：当周（周一至周日）", enum=Period.values),
    AT,
    query("window", "2h：近两小时；day：当日 (the day so far)", enum=list(WINDOWS)),
    query("level", "每行是什么 (what a line is about)", enum=[one.value for one in Level]),
    query("region", "街道或社区代码 (code of a subdistrict or community)"),
    query("sort", "排序，前加 - 为降序 (- before it for downwards)", enum=list(SORTS)),
    EDITION,
    PLACE,
]
_REFUSED = dict.fromkeys((400, 401, 404, 410), ProblemsSerializer)


class CoverageCsvView(APIView):
    """The table as CSV."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="wall_coverage_csv",
        summary="巡查覆盖表，CSV (the coverage table as CSV)",
        parameters=_PARAMETERS,
        responses={(200, "text/csv"): str, **_REFUSED},
    )
    def get(self, request: Request) -> HttpResponse:
        return _file(request, as_csv, "text/csv; charset=utf-8", "csv")


class CoverageXlsxView(APIView):
    """The same as a workbook."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="wall_coverage_xlsx",
        summary="巡查覆盖表，工作簿 (the coverage table as a workbook)",
        parameters=_PARAMETERS,
        responses={(200, WORKBOOK): bytes, **_REFUSED},
    )
    def get(self, request: Request) -> HttpResponse:
        return _file(request, as_xlsx, WORKBOOK, "xlsx")


def _file(
    request: Request, write: Callable[[CoverTable], bytes], kind: str, ending: str
) -> HttpResponse:
    table = read_table(request, timezone.now())
    response = HttpResponse(write(table), content_type=kind)
    name = f"coverage-{table.day:%Y%m%d}-{table.window or table.period}-{table.level}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
