"""`/api/v1/patrols/next`: where the worker on duty might look next. A suggestion, not an order."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import Problem, Refused, refuse
from gis.api.query import check_query, whole_number
from grids.api.points import PointReader
from grids.api.schemas import DATUMS, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import User
from grids.selectors.locating import in_wgs84
from patrols.models import Shift
from patrols.selectors.mine import rounds_of
from patrols.selectors.recorded import complete_until
from patrols.suggesting.numbers import Numbers
from patrols.suggesting.walk import Stop, suggest
from patrols.suggesting.wording import note, reasons, title, why_nothing

__all__ = ["NextView"]

DEFAULT_MINUTES, FEWEST_MINUTES, MOST_MINUTES = 60, 5, 480
_POINT = ("lon", "lat", "datum")


class StopSerializer(serializers.Serializer[Any]):
    """A place of the walk, in its order. `parts` are shares (0–1) of the weights in `numbers`."""

    kind = serializers.ChoiceField(choices=["spot", "ground"])
    spot = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    grid = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    value = serializers.FloatField()
    parts = serializers.DictField(child=serializers.FloatField())
    days = serializers.IntegerField(allow_null=True)
    late_days = serializers.IntegerField(allow_null=True)
    near = serializers.IntegerField()
    away_m = serializers.FloatField()
    walk_minutes = serializers.FloatField()
    arrive_minutes = serializers.FloatField()
    stay_minutes = serializers.FloatField()


class NextSerializer(serializers.Serializer[Any]):
    """`nothing` says why there are no stops, blank when there are some."""

    at = serializers.DateTimeField()
    complete_until = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    used_minutes = serializers.FloatField()
    considered = serializers.IntegerField()
    note = serializers.CharField()
    nothing = serializers.CharField(allow_blank=True)
    numbers = serializers.DictField(child=serializers.FloatField())
    stops = StopSerializer(many=True)


class NextView(APIView):
    """Computed for the position that is told, and forgotten."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_next",
        summary="下一步看哪里：建议，不是命令 (where to look next: a suggestion)",
        parameters=[
            query("lon", "经度 (longitude)", float, required=True),
            query("lat", "纬度 (latitude)", float, required=True),
            query("datum", "坐标系 (datum)", enum=DATUMS, required=True),
            query("minutes", f"还有多少分钟，默认 {DEFAULT_MINUTES} (time left, minutes)", int),
        ],
        responses={
            200: NextSerializer,
            **dict.fromkeys((400, 401, 403, 409), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({*_POINT, "minutes"}))
        asked, worker, now = request.query_params.dict(), cast(User, request.user), timezone.now()
        rounds = rounds_of(worker, now)
        if rounds is None:
            zh, en = "您现在不是任何网格的网格员。", "You are the worker of no grid now."
            raise refuse(None, "no_grid", zh, en, status_code=403)
        minutes = whole_number(
            asked.get("minutes", str(DEFAULT_MINUTES)),
            "minutes",
            at_least=FEWEST_MINUTES,
            at_most=MOST_MINUTES,
        )
        points = PointReader(ScopeReader(worker))
        point = points.read_query({name: asked[name] for name in _POINT if name in asked})
        if not Shift.objects.for_user(worker).open_at(now).exists():
            zh = "先上岗再看建议：不在班时不问位置。"
            en = "Begin a shift first: off duty nobody's position is asked."
            raise refuse(None, "not_on_shift", zh, en, status_code=409)
        (lon,), (lat,) = in_wgs84([point.position])
        found = suggest(worker, rounds, lon=lon, lat=lat, minutes=float(minutes), now=now)
        if found is None:
            zh, en = "不在此地区的范围内。", "Not within this place."
            raise Refused([Problem(name, "outside_place", zh, en) for name in ("lon", "lat")])
        numbers = Numbers.set_up()
        return Response(
            {
                "at": now,
                "complete_until": complete_until(now),
                "minutes": minutes,
                "used_minutes": round(found.minutes, 1),
                "considered": found.considered,
                "note": note(),
                "nothing": why_nothing(found),
                "numbers": numbers.told(),
                "stops": [_tell(stop, numbers) for stop in found.stops],
            }
        )


def _tell(stop: Stop, numbers: Numbers) -> dict[str, Any]:
    place = stop.place
    return {
        "kind": "ground" if place.spot is None else "spot",
        "spot": place.spot.spot.pk if place.spot else None,
        "title": title(stop),
        "why": reasons(place, numbers),
        "grid": place.grid_code,
        "lon": round(place.lon, 7),
        "lat": round(place.lat, 7),
        "value": stop.value,
        "parts": {name: round(getattr(place, name), 3) for name in ("stale", "due", "risk")},
        "days": place.days,
        "late_days": place.late_days,
        "near": place.near,
        "away_m": round(stop.away_m),
        "walk_minutes": round(stop.walk_minutes, 1),
        "arrive_minutes": round(stop.arrive_minutes, 1),
        "stay_minutes": stop.stay_minutes,
    }
