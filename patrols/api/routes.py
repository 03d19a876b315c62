"""`/api/v1/patrols/routes`: rounds of places, and how far each has been walked."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.languages import in_language
from gis.api.query import check_query
from grids.api.schemas import PLACE, ProblemsSerializer
from grids.api.scopes import ScopeReader
from patrols.api.schemas import RouteSerializer
from patrols.selectors.routes import RouteDue, routes_due

__all__ = ["RoutesView"]


class RoutesView(APIView):
    """The routes with stops on one's own ground, by name."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_routes",
        summary="巡查路线及进度 (routes, and how far they have been walked)",
        parameters=[PLACE],
        responses={
            200: RouteSerializer(many=True),
            **dict.fromkeys((400, 401, 404), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"place"}))
        place = ScopeReader(request.user).require_place(request.query_params.get("place", ""))
        return Response([_told(one) for one in routes_due(request.user, place, timezone.now())])


def _told(one: RouteDue) -> dict[str, Any]:
    return {
        "id": one.route.pk,
        "name": in_language(one.route.name, one.route.name_en),
        "every_days": one.route.every_days,
        "done": one.done,
        "total": len(one.stops),
        "due_at": one.due_at,
        "state": str(one.state),
        "stops": [
            {
                "order": order,
                "spot": stop.spot.pk,
                "name": stop.spot.name,
                "last_visit_at": stop.last.at if stop.last else None,
                "due_at": stop.due_at,
                "state": str(stop.state),
            }
            for order, stop in one.stops
        ],
    }
