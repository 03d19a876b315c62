"""`/api/v1/filters`: the questions that somebody keeps, each with how many cases it finds now."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.languages import halves
from gis.api.problems import Refused, refuse
from gis.api.query import check_query
from gis.kernel.errors import InvalidInput
from grids.api.schemas import ProblemsSerializer
from grids.api.scopes import Scope, ScopeReader
from incidents.api.actions import ActionParser
from incidents.api.schemas_desk import SavedFilterSerializer
from incidents.models import SavedFilter
from incidents.questions import PARAMETERS, cases_asked, read_question
from incidents.queue import MOST_COUNTED, count_up_to
from incidents.services.filters import change_filter, drop_filter, keep_filter

_KEPT = PARAMETERS - {"bbox"}
_LONGEST_NAME = 40
# Ready-made ones: they have no id, and their names are for programs.
READY = {
    "mine": {"state": "open", "mine": "yes"},
    "open": {"state": "open"},
    "overdue": {"state": "open", "due": "overdue"},
    "today": {"state": "open", "due": "today"},
    "suspended": {"state": "suspended"},
}


class FilterListView(APIView):
    """Those of the viewer, and nobody else's."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (ActionParser,)

    @extend_schema(
        operation_id="filters",
        summary="常用筛选 (kept filters)",
        responses={200: SavedFilterSerializer(many=True), 401: ProblemsSerializer},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        scope = ScopeReader(request.user).require("", "")
        user: Any = request.user
        ready = [SavedFilter(user=user, name=name, query=READY[name]) for name in READY]
        rows = SavedFilter.objects.filter(user=user).select_related("user")
        return Response([tell_filter(one, scope) for one in [*ready, *rows]])

    @extend_schema(
        operation_id="filter_keep",
        summary="保存筛选 (keep a filter)",
        request=SavedFilterSerializer,
        responses={200: SavedFilterSerializer, 400: ProblemsSerializer, 401: ProblemsSerializer},
    )
    def post(self, request: Request) -> Response:
        """Under a name that is there it replaces it, so that it may be sent again."""
        check_query(request, frozenset())
        fields = FieldReader(request.data, ("name", "query"))
        name = fields.text("name", most=_LONGEST_NAME, required=True)
        query = _query(fields)
        fields.refuse()
        scope = ScopeReader(request.user).require("", "")
        read_question(query, ZoneInfo(scope.place.time_zone))
        user: Any = request.user
        try:
            kept = keep_filter(user=user, name=name, query=query, now=timezone.now())
        except InvalidInput as error:
            raise _refused(error) from error
        return Response(tell_filter(kept, scope))


class FilterView(APIView):
    """One of the viewer's own; another's is not there."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (ActionParser,)

    @extend_schema(
        operation_id="filter_rename",
        summary="改名 (rename a filter)",
        request=SavedFilterSerializer,
        responses={200: SavedFilterSerializer, 400: ProblemsSerializer, 404: ProblemsSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        check_query(request, frozenset())
        kept = _mine(request, pk)
        fields = FieldReader(request.data, ("name",))
        name = fields.text("name", most=_LONGEST_NAME, required=True)
        fields.refuse()
        try:
            changed = change_filter(kept=kept, name=name, now=timezone.now())
        except InvalidInput as error:
            raise _refused(error) from error
        return Response(tell_filter(changed, ScopeReader(request.user).require("", "")))

    @extend_schema(
        operation_id="filter_drop",
        summary="删除筛选 (forget a filter)",
        responses={204: None, 404: ProblemsSerializer},
    )
    def delete(self, request: Request, pk: int) -> Response:
        check_query(request, frozenset())
        drop_filter(kept=_mine(request, pk), now=timezone.now())
        return Response(status=204)


def tell_filter(kept: SavedFilter, scope: Scope) -> dict[str, Any]:
    """With its count of now; a question that is none any more counts nothing."""
    try:
        question = read_question(kept.query, ZoneInfo(scope.place.time_zone))
        found = count_up_to(cases_asked(kept.user, scope.edition, question))
    except Refused:
        found = 0
    return {
        "id": kept.pk,
        "name": kept.name,
        "query": kept.query,
        "count": {"n": min(found, MOST_COUNTED), "is_more": found > MOST_COUNTED},
    }


def _query(fields: FieldReader) -> dict[str, str]:
    raw = fields.raw.get("query")
    if not isinstance(raw, dict) or not raw:
        fields.note("query", "required", "请给出条件。", "Give the conditions.")
        return {}
    for name, value in raw.items():
        if name not in _KEPT:
            fields.note(f"query.{name}", "unknown_parameter", "未知参数。", "Unknown parameter.")
        elif not isinstance(value, str) or len(value) > 200 or "\x00" in value:
            fields.note(f"query.{name}", "not_text", "必须是文字。", "Must be text.")
    return raw


def _mine(request: Request, pk: int) -> SavedFilter:
    user: Any = request.user
    found = SavedFilter.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise Http404
    return found


def _refused(error: InvalidInput) -> Refused:
    zh, en = halves(str(getattr(error, "message", error)))
    return refuse(getattr(error, "field", None), "unusable", zh, en)
