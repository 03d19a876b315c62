"""`/api/v1/assessment`: units, grids, regions and persons compared, as JSON, CSV and XLSX."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import refuse
from gis.api.query import check_query
from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from grids.api.scopes import Scope, ScopeReader
from incidents.assessment.exports import as_csv, as_xlsx
from incidents.assessment.figures import BY, Asked, Table, Told, assess, share
from incidents.assessment.indicators import INDICATORS
from incidents.assessment.period import period_asked
from incidents.choices import Kind
from incidents.questions import read_moment

__all__ = ["KNOWN", "AssessmentView", "CsvView", "XlsxView", "read_asked", "tell_table"]

KNOWN = frozenset({"from", "to", "by", "kind", "place", "edition"})
_PARAMETERS = [
    query("by", "按什么 (by what), default unit", enum=list(BY)),
    query("from", "受理或结案时间起，含 (from)"),
    query("to", "受理或结案时间止，不含 (until)"),
    query("kind", "类型 (kind)", enum=Kind.values),
    PLACE,
    EDITION,
]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFUSALS = {400: ProblemsSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer}


class AssessmentSerializer(serializers.Serializer[Any]):
    """The shape of the answer."""

    by = serializers.ChoiceField(choices=BY)
    since = serializers.DateTimeField(help_text="`from` in the answer")
    to = serializers.DateTimeField()
    edition = serializers.CharField()
    scheme = serializers.CharField(allow_null=True)
    minimum = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.DictField())
    overall = serializers.DictField()


def read_asked(request: Request, now: datetime) -> tuple[Asked, Scope]:
    """What is asked of the assessment. Raises `Refused`."""
    check_query(request, KNOWN)
    given = request.query_params
    scope = ScopeReader(request.user).require(given.get("place", ""), given.get("edition", ""))
    by, kind = given.get("by") or "unit", given.get("kind", "")
    for name, value, known in (("by", by, BY), ("kind", kind, ("", *Kind.values))):
        if value not in known:
            names = "、".join(one for one in known if one)
            raise refuse(name, "unknown_choice", f"可用：{names}。", f"Use one of: {names}.")
    zone = ZoneInfo(scope.place.time_zone)
    ends = {
        name: read_moment(given[name], name, zone) for name in ("from", "to") if given.get(name)
    }
    period = period_asked(ends, request.user, scope.place, now=now)
    asked = Asked(
        edition=scope.edition,
        since=period.since.astimezone(zone),
        until=period.until.astimezone(zone),
        by=by,
        kind=kind,
        place=given.get("place", ""),
        edition_name=given.get("edition", ""),
    )
    return asked, scope


def tell_table(table: Table) -> dict[str, Any]:
    """The table as JSON."""
    asked = table.asked
    return {
        "by": asked.by,
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "kind": asked.kind or None,
        "edition": asked.edition.name,
        "scheme": table.scheme.name if table.scheme else None,
        "minimum": table.minimum,
        "rows": [_tell(row, table) for row in table.rows],
        "overall": _tell(table.overall, table) if table.overall else None,
    }


def _tell(row: Told, table: Table) -> dict[str, Any]:
    standing = row.standing
    parts = {name: _rounded(value) for name, value in row.parts.items()}
    return {
        "key": row.key,
        "name": row.name,
        "cases": row.cases,
        "closed": row.closed,
        "scored": row.scored,
        "score": _rounded(row.score),
        **parts,
        "interval": [_rounded(standing.low), _rounded(standing.high)] if standing else None,
        "shrunk": _rounded(standing.shrunk) if standing else None,
        "lower": _rounded(standing.low) if standing else None,
        "rank": standing.rank if standing else None,
        "band": standing.band if standing else None,
        "under_minimum": row.scored < table.minimum,
        "indicators": {one.name: share(row, one, table.asked) for one in INDICATORS},
        "href": row.href,
        "cases_href": row.cases_href,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


class _TableView(APIView):
    permission_classes = (IsAuthenticated,)

    def table(self, request: Request) -> Table:
        now = timezone.now()
        asked, _scope = read_asked(request, now)
        return assess(request.user, asked, now=now)


class AssessmentView(_TableView):
    """Ranked by the lower bound of the average score; of one's own ground only."""

    @extend_schema(
        operation_id="assessment",
        summary="考评 (assessment)",
        parameters=_PARAMETERS,
        responses={200: AssessmentSerializer, **_REFUSALS},
    )
    def get(self, request: Request) -> Response:
        return Response(tell_table(self.table(request)))


class CsvView(_TableView):
    """The same as CSV, UTF-8 with a byte order mark, so that Excel reads it."""

    @extend_schema(
        operation_id="assessment_csv",
        summary="考评，CSV (assessment as CSV)",
        parameters=_PARAMETERS,
        responses={(200, "text/csv"): str, **_REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        return _file(as_csv(self.table(request)), "text/csv; charset=utf-8", "csv")


class XlsxView(_TableView):
    """The same as a workbook: the table, the indicators, and what appeals have corrected."""

    @extend_schema(
        operation_id="assessment_xlsx",
        summary="考评，XLSX (assessment as XLSX)",
        parameters=_PARAMETERS,
        responses={(200, WORKBOOK): bytes, **_REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        table = self.table(request)
        return _file(as_xlsx(table, request.user), WORKBOOK, "xlsx")


def _file(content: bytes, content_type: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="assessment.{ending}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
