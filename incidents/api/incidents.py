"""`/api/v1/incidents` and `/api/v1/categories`."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.pagination import PAGE_PARAMETERS, FeaturePagination
from gis.api.query import StrictQueryMixin, check_query
from grids.api.schemas import BBOX, EDITION, PLACE, ProblemsSerializer, query
from grids.api.scopes import Scope, ScopeReader
from incidents.api.asked import ASKED_OF_HANDLING
from incidents.api.schemas import CategorySerializer
from incidents.api.serializers import IncidentSerializer
from incidents.choices import Kind, Placed
from incidents.models import Incident
from incidents.questions import PARAMETERS, cases_asked, ordered, read_question
from incidents.selectors import categories_at, grids_by_id


@extend_schema_view(
    get=extend_schema(
        operation_id="incidents",
        summary="案件 (cases)",
        parameters=[
            EDITION,
            PLACE,
            BBOX,
            query("grid", "网格代码 (grid code, in that edition)"),
            query("region", "社区或街道代码 (community or subdistrict code)"),
            query("from", "受理时间起，含 (received from)"),
            query("to", "受理时间止，不含 (received until)"),
            query("kind", "类型 (kind)", enum=Kind.values),
            query("category", "类别代码 (category code)"),
            *ASKED_OF_HANDLING,
            query("placed", "no：待人工定位 (waiting for a person)", enum=Placed.values),
        ],
        responses={
            200: IncidentSerializer(many=True),
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
        },
    )
)
class IncidentListView(StrictQueryMixin, ListAPIView[Any]):
    """Cases that the viewer may see, the newest first, with their grid in the edition asked for."""

    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    permission_classes = (IsAuthenticated,)
    pagination_class = FeaturePagination
    filter_backends = ()
    query_parameters = PARAMETERS | PAGE_PARAMETERS | {"place", "edition"}

    def get_queryset(self) -> QuerySet[Any]:
        scope = self._scope()
        question = read_question(self.request.query_params, ZoneInfo(scope.place.time_zone))
        rows = cases_asked(self.request.user, scope.edition, question)
        return ordered(rows, question).select_related("category")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        rows = self.paginate_queryset(self.get_queryset()) or []
        context = {
            **self.get_serializer_context(),
            "edition": self._scope().edition.name,
            "grids": grids_by_id(row.told_grid for row in rows),
            "language": get_language(),
        }
        told = IncidentSerializer(rows, many=True, context=context)
        return self.get_paginated_response(told.data)

    def _scope(self) -> Scope:
        if not hasattr(self, "_found"):
            asked = self.request.query_params
            reader = ScopeReader(self.request.user)
            self._found = reader.require(asked.get("place", ""), asked.get("edition", ""))
        return self._found


class CategoryListView(APIView):
    """The classes of demand that are valid today, for anybody: residents choose from them."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="categories",
        summary="诉求类别 (classes of demand)",
        responses={200: CategorySerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        language = get_language()
        return Response(
            [
                {"code": one.code, "name": one.name_in(language), "kind": one.kind}
                for one in categories_at(timezone.now())
            ]
        )
