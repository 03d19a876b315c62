"""`/api/v1/patrols/coverage` and `/api/v1/patrols/tracks`."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.languages import halves
from gis.api.problems import refuse
from gis.api.query import check_query, whole_number
from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import Edition, Grid, Place, User
from patrols.api.reading import read_day, read_period, read_within
from patrols.api.schemas import CoverageSerializer, TrackSerializer
from patrols.choices import Period
from patrols.models import Shift, Track
from patrols.querysets import ground_of
from patrols.selectors import CoverageRow, coverage_of
from patrols.selectors.coverage import day_of
from patrols.selectors.people import worker_seen_by
from patrols.selectors.periods import Gone, error_of
from patrols.selectors.track import Piece
from patrols.selectors.tracks import raw_from
from patrols.selectors.visits import visits_of
from patrols.services.looking import look_at_shift, look_at_track

_REFUSED = {400: ProblemsSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer}
# How exact the tracks are that an answer was computed from, in metres; absent for all positions.
ERROR_HEADER = "Track-Error-M"
_COVERAGE = frozenset({"date", "period", "shift", "edition", "within_m", "place"})
DAY = query("date", "地区当日，默认今天 (local day of the place, default: today)")


class CoverageView(APIView):
    """What patrols saw of each grid on a local day, in a week, or on one shift, whose tracks may be
    looked at by few and never unseen: the grids of the viewer's own ground.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_coverage",
        summary="巡查覆盖 (what patrols have seen of each grid)",
        parameters=[
            DAY,
            query("period", "day：当日；week：当周（周一至周日）", enum=Period.values),
            query("shift", "班次编号，代替日期；每次查看都有记录 (one shift; recorded)", int),
            EDITION,
            query("within_m", "轨迹两侧多少米，5–200，默认 30", int),
            PLACE,
        ],
        responses={200: CoverageSerializer(many=True), 410: ProblemsSerializer, **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        check_query(request, _COVERAGE)
        asked, viewer = request.query_params, cast(User, request.user)
        edition = ScopeReader(viewer).require(asked.get("place", ""), asked.get("edition", ""))
        try:
            rows, error_m = _rows_asked(edition.edition, asked.dict(), viewer, timezone.now())
        except Gone as gone:
            raise refuse(None, "retention_over", *halves(gone.message), status_code=410) from gone
        mine = Grid.objects.of(edition.edition).filter(ground_of(viewer))
        codes = set(mine.values_list("code", flat=True))
        told = [
            {"grid": r.grid_code, "share": r.share, "quality": r.quality, "fixes": r.fixes}
            for r in rows
            if r.grid_code in codes
        ]
        return Response(told, headers={} if error_m is None else {ERROR_HEADER: f"{error_m:g}"})


def _rows_asked(
    edition: Edition, asked: dict[str, str], viewer: User, now: datetime
) -> tuple[list[CoverageRow], float | None]:
    """The rows, and how far the tracks may be from the fixes if not all are there any more."""
    within_m = read_within(asked.get("within_m", ""))
    if "shift" not in asked:
        period = read_period(asked.get("period", ""))
        day = read_day(asked.get("date", ""), edition.place, now)
        rows = coverage_of(edition, day, period=period, within_m=within_m)
        return rows, error_of(edition, day, period=period, within_m=within_m)
    both = [name for name in ("date", "period") if name in asked]
    if both:
        zh, en = "班次与日期、期间不能同时给出。", "Give either a shift or a day and a period."
        raise refuse(both[0], "one_of", zh, en)
    shift = _shift_seen_by(viewer, edition.place, asked["shift"], now)
    rows = look_at_shift(shift=shift, edition=edition, within_m=within_m, by=viewer, now=now)
    gone = raw_from()
    is_whole = gone is None or gone <= shift.started_at
    return rows, None if is_whole else Track.objects.get(pk=shift.pk).error_m


def _shift_seen_by(viewer: User, place: Place, number: str, now: datetime) -> Shift:
    """The shift, if the viewer may see where its worker was on that day. Raises `Refused`."""
    key = whole_number(number, "shift", at_least=1, at_most=10**12)
    found = Shift.objects.of(place).filter(pk=key).select_related("worker")
    shift: Shift | None = found.first()
    if shift is not None:
        day = shift.started_at.astimezone(ZoneInfo(place.time_zone)).date()
        if worker_seen_by(viewer, shift.worker.username, place, day, now) is not None:
            return shift
    zh, en = "没有这个班次，或不在您负责的辖区。", "No such shift, or not on your ground."
    raise refuse("shift", "unknown_shift", zh, en, status_code=404)


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
                "fixes": track.fixes,
                "marked": track.marked,
                "kept": track.stage or "all",
                "error_m": track.error_m,
                "step_s": track.step_s,
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
