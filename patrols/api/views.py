"""`/api/v1/patrols/coverage` and `/api/v1/patrols/tracks`."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import refuse
from gis.api.query import check_query
from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import Grid, User
from patrols.api.reading import read_day, read_within
from patrols.api.schemas import CoverageSerializer, TrackSerializer
from patrols.querysets import ground_of
from patrols.selectors import coverage_of_day
from patrols.selectors.coverage import day_of
from patrols.selectors.people import worker_seen_by
from patrols.selectors.track import Piece
from patrols.selectors.visits import visits_of
from patrols.services.looking import look_at_track

_REFUSED = {400: ProblemsSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer}
DAY = query("date", "地区当日，默认今天 (local day of the place, default: today)")


class CoverageView(APIView):
    """What patrols saw of each grid on a local day: the grids of the viewer's own ground."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_coverage",
        summary="巡查覆盖 (what patrols have seen of each grid)",
        parameters=[DAY, EDITION, query("within_m", "轨迹两侧多少米，5–200，默认 30", int), PLACE],
        responses={200: CoverageSerializer(many=True), **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"date", "edition", "within_m", "place"}))
        asked = request.query_params
        reader = ScopeReader(request.user)
        edition = reader.require(asked.get("place", ""), asked.get("edition", "")).edition
        day = read_day(asked.get("date", ""), edition.place, timezone.now())
        within_m = read_within(asked.get("within_m", ""))
        mine = Grid.objects.of(edition).filter(ground_of(request.user))
        codes = set(mine.values_list("code", flat=True))
        rows = coverage_of_day(edition, day, within_m) if codes else []
        return Response(
            [
                {"grid": r.grid_code, "share": r.share, "quality": r.quality, "fixes": r.fixes}
                for r in rows
                if r.grid_code in codes
            ]
        )


class TrackView(APIView):
    """A worker's day, for those who answer for the worker's ground, and for the worker."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_track",
        summary="网格员当日轨迹，每次查看都有记录 (a worker's day; every look is recorded)",
        parameters=[query("worker", "用户名 (user name)", required=True), DAY],
        responses={200: TrackSerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"worker", "date"}))
        asked, viewer, now = request.query_params, cast(User, request.user), timezone.now()
        name = asked.get("worker", "")
        if not name:
            raise refuse("worker", "required", "必须提供。", "This field is required.")
        place = ScopeReader(viewer).require_place("")
        day = read_day(asked.get("date", ""), place, now)
        worker = worker_seen_by(viewer, name, place, day, now)
        if worker is None:
            zh = "没有这位网格员，或不在您负责的辖区。"
            en = "No such worker, or not on the ground that you answer for."
            raise refuse("worker", "unknown_worker", zh, en, status_code=404)
        track = look_at_track(worker=worker, place=place, day=day, by=viewer, now=now)
        return Response(
            {
                "type": "FeatureCollection",
                "worker": worker.username,
                "date": day,
                "fixes": sum(len(piece.points) for piece in track.pieces),
                "marked": track.marked,
                "features": [_feature(piece) for piece in track.pieces],
                "visits": visits_of(worker, *day_of(place, day)),
            }
        )


def _feature(piece: Piece) -> dict[str, Any]:
    """A line through the fixes of a piece; a fix that is joined to none is a point."""
    alone = len(piece.points) == 1
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point" if alone else "LineString",
            "coordinates": piece.points[0] if alone else piece.points,
        },
        "properties": {"times": piece.times, "accuracy_m": piece.accuracy_m},
    }
