"""`/api/v1/patrols/mine`: the ground of the worker who asks."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.geojson import ExactGeometryField
from gis.api.languages import in_language
from gis.api.problems import refuse
from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer
from grids.choices import Role
from grids.models import Grid, Station, User
from patrols.api.schemas import MineSerializer
from patrols.selectors.alerts import open_alerts_of
from patrols.selectors.mine import Rounds, rounds_of

_geometry = ExactGeometryField()


class MineView(APIView):
    """All that the phone needs to draw the worker's ground without a network."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_mine",
        summary="本人网格、相邻网格与站点 (my grids, those around, and stations)",
        responses={200: MineSerializer, 401: ProblemsSerializer, 403: ProblemsSerializer},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        worker, now = cast(User, request.user), timezone.now()
        rounds = rounds_of(worker, now)
        if rounds is None:
            zh = "您现在不是任何网格的网格员；请找社区或治理中心安排网格。"
            en = "You are the worker of no grid now; ask your community or the centre for one."
            raise refuse(None, "no_grid", zh, en, status_code=403)
        about_me = [
            {"kind": one.kind, "opened_at": one.opened_at, "facts": one.facts}
            for one in open_alerts_of(worker)
        ]
        told = tell_rounds(rounds, worker)
        return Response({"at": now.isoformat(), **told, "alerts": about_me})


def tell_rounds(rounds: Rounds, worker: User) -> dict[str, Any]:
    """The ground as the API says it, in the language of the request."""
    place = rounds.place
    return {
        "worker": {"username": worker.username, "name": str(worker)},
        "role": str(Role.WORKER.value),
        "place": {"code": place.code, "name": in_language(place.name, place.name_en)},
        "edition": rounds.edition.name,
        "attribution": place.attribution,
        "review_number": place.review_number,
        "notice": in_language(place.notice, place.notice_en),
        "grids": [_grid(one) for one in rounds.grids],
        "neighbours": [_grid(one) for one in rounds.neighbours],
        "stations": [_station(one) for one in rounds.stations],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "code": grid.code,
        "name": grid.name,
        "geometry": _geometry.to_representation(grid.geometry),
    }


def _station(station: Station) -> dict[str, Any]:
    return {
        "code": station.code,
        "name": station.name,
        "level": station.level,
        "geometry": _geometry.to_representation(station.position),
    }
