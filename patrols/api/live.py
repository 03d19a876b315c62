"""`/api/v1/patrols/nearest` and `/api/v1/patrols/positions`: where workers on duty are now."""

from typing import cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import Problem, Refused, refuse
from gis.api.query import check_query, whole_number
from grids.api.points import PointReader
from grids.api.schemas import DATUMS, PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import User
from grids.selectors.locating import in_wgs84
from patrols.api.schemas import NearSerializer, PositionsSerializer
from patrols.services.looking import look_at_positions, look_for_nearest

MOST = 50
_POINT = ("lon", "lat", "datum", "place")
_REFUSED = dict.fromkeys((400, 401, 403, 404), ProblemsSerializer)


class NearestView(APIView):
    """Who on duty is nearest to a point, of those whose ground the viewer answers for."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_nearest",
        summary="附近在岗网格员，每次查看都有记录 (nearest on duty; every look is recorded)",
        parameters=[
            query("lon", "经度 (longitude)", float, required=True),
            query("lat", "纬度 (latitude)", float, required=True),
            query("datum", "坐标系 (datum)", enum=DATUMS, required=True),
            query("n", f"几人，1–{MOST}，默认 5 (how many, default 5)", int),
            PLACE,
        ],
        responses={200: NearSerializer(many=True), **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({*_POINT, "n"}))
        asked = request.query_params.dict()
        n = whole_number(asked.get("n", "5"), "n", at_least=1, at_most=MOST)
        points = PointReader(ScopeReader(request.user))
        point = points.read_query({name: asked[name] for name in _POINT if name in asked})
        (lon,), (lat,) = in_wgs84([point.position])
        if not point.scope.holds(lon, lat):
            zh, en = "不在此地区的范围内。", "Not within this place."
            names = ("lon", "lat")
            raise Refused([Problem(name, "outside_place", zh, en) for name in names])
        viewer, place = cast(User, request.user), point.scope.place
        found = look_for_nearest(place=place, lon=lon, lat=lat, n=n, by=viewer, now=timezone.now())
        if found is None:
            raise _not_theirs()
        return Response(
            [
                {
                    "worker": name,
                    "distance_m": round(near.distance_m, 1),
                    "seen_at": near.seen_at,
                }
                for name, near in found
            ]
        )


class PositionsView(APIView):
    """Where those on duty are, of those whose ground the viewer answers for."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_positions",
        summary="在岗网格员此刻位置，每次查看都有记录 (positions now; every look is recorded)",
        parameters=[PLACE],
        responses={200: PositionsSerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"place"}))
        viewer = cast(User, request.user)
        place = ScopeReader(viewer).require_place(request.query_params.get("place", ""))
        found = look_at_positions(place=place, by=viewer, now=timezone.now())
        if found is None:
            raise _not_theirs()
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [live.lon, live.lat]},
                "properties": {
                    "worker": name,
                    "seen_at": live.at,
                    "accuracy_m": live.accuracy_m,
                },
            }
            for name, live in found
        ]
        return Response({"type": "FeatureCollection", "features": features})


def _not_theirs() -> Refused:
    zh = "网格员的位置只给对其网格负责的人看。"
    en = "Where workers are is for those who answer for their ground."
    return refuse(None, "not_allowed", zh, en, status_code=403)
