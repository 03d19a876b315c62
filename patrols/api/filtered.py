"""`GET /api/v1/patrols/filtered`: how many positions were refused or marked, and why."""

from dataclasses import asdict

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from patrols.api.reading import read_day
from patrols.api.schemas import FilteredSerializer
from patrols.selectors.coverage import day_of
from patrols.selectors.filtered import filtered_between


class FilteredView(APIView):
    """Counts alone: where somebody was is told by the tracks, to those who may see them."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_filtered",
        summary="被拒收与被过滤的点数，按原因 (what was refused or marked, by reason)",
        parameters=[query("date", "收到之日，默认今天 (local day of receipt)")],
        responses={200: FilteredSerializer, 400: ProblemsSerializer, 401: ProblemsSerializer},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"date"}))
        place = ScopeReader(request.user).require_place("")
        day = read_day(request.query_params.get("date", ""), place, timezone.now())
        found = filtered_between(request.user, *day_of(place, day))
        return Response({"date": day, **asdict(found)})
