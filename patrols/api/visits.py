"""`/api/v1/patrols/visits`: a worker ticks off a spot; the history of a spot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.idempotency import KEY_PARAMETER, refusing_reuse, required_key
from gis.api.languages import halves
from gis.api.parsers import StrictJSONParser
from gis.api.problems import Problem, Refused, refuse
from gis.api.query import check_query, whole_number
from gis.kernel.errors import WanggeError
from gis.ledger.services import idempotency
from grids.api.points import PointReader
from grids.api.schemas import ProblemsSerializer, query
from grids.api.scopes import ScopeReader, status_of
from grids.models import User
from grids.selectors import Position
from patrols.api.reading import read_day, read_offset
from patrols.api.schemas import NewVisitSerializer, VisitedSerializer, VisitSerializer
from patrols.models import Spot
from patrols.selectors.coverage import day_of
from patrols.selectors.spots import due_of
from patrols.selectors.visits import visits_told
from patrols.services.visits import (
    AHEAD,
    AwayWithoutNote,
    BadTime,
    NotYours,
    UnknownSpot,
    record_visit,
)

__all__ = ["VisitsView"]

_POINT = ("lon", "lat", "datum", "accuracy_m")
_FIELDS = ("spot", "at", *_POINT, "note", "photos", "clock_offset_s")
_STATUS = {UnknownSpot: 404, NotYours: 403, BadTime: 400, AwayWithoutNote: 422}
_CODES = {
    UnknownSpot: "unknown_spot",
    NotYours: "not_allowed",
    BadTime: "bad_time",
    AwayWithoutNote: "must_say_why",
}
MOST_NOTE, MOST_ID, MOST_PHOTOS = 500, 2**62, 4
DEFAULT_DAYS, MOST_DAYS = 90, 366


class VisitParser(StrictJSONParser):
    """Room for a position, a note and the ids of pictures."""

    max_bytes = 8 * 1024
    max_depth = 2


class VisitsView(APIView):
    """Recorded by workers of the spot's grid; read on the ground that it lies in."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (VisitParser,)

    @extend_schema(
        operation_id="patrol_visit",
        summary="登记走访 (tick off a place)",
        parameters=[KEY_PARAMETER],
        request=NewVisitSerializer,
        responses={
            201: VisitedSerializer,
            **dict.fromkeys((400, 401, 403, 404, 409, 422), ProblemsSerializer),
        },
    )
    def post(self, request: Request) -> Response:
        check_query(request, frozenset())
        key, user, now = required_key(request), cast(User, request.user), timezone.now()
        fields = FieldReader(request.data, _FIELDS)
        spot = _spot_id(fields)
        note = fields.text("note", most=MOST_NOTE)
        # How old it may be is asked where it is written: an answer given once is given again.
        at = fields.instant("at", latest=now + AHEAD)
        photos = fields.ids("photos", most=MOST_PHOTOS)
        offset_s = read_offset(fields)
        position = _position(fields, user)
        fields.refuse()

        def write() -> tuple[int, Any]:
            visit = record_visit(
                key=key, spot_id=spot, worker=user, at=at, position=position, note=note, now=now,
                photos=photos, clock_offset_s=offset_s,
            )  # fmt: skip
            return 201, {
                "id": str(visit.key),
                "spot": visit.spot_id,
                "at": visit.at.isoformat(),
                "is_here": visit.is_here,
                "distance_m": visit.distance_m,
                "due_at": due_of(visit.spot, now).due_at.isoformat(),
            }

        try:
            with refusing_reuse():
                source = f"visits:user:{user.pk}"
                body: Any = dict(request.data)
                told = idempotency.once(source=source, key=key, body=body, now=now, write=write)
        except (UnknownSpot, NotYours, BadTime, AwayWithoutNote) as error:
            raise _refused(error) from error
        return Response(told.body, status=told.status)

    @extend_schema(
        operation_id="patrol_visits",
        summary="一个点位的走访记录 (the visits of a place)",
        parameters=[
            query("spot", "点位编号 (id of a place)", int, required=True),
            query("from", "起始日，含，默认 90 天前 (first local day)"),
            query("to", "截止日，含，默认今天 (last local day)"),
        ],
        responses={
            200: VisitSerializer(many=True),
            **dict.fromkeys((400, 401, 404), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"spot", "from", "to"}))
        asked, viewer, now = request.query_params, cast(User, request.user), timezone.now()
        if not asked.get("spot"):
            raise refuse("spot", "required", "必须提供。", "This field is required.")
        number = whole_number(asked["spot"], "spot", at_least=1, at_most=MOST_ID)
        spot = Spot.objects.on_ground_of(viewer).select_related("place").filter(pk=number).first()
        if spot is None:
            raise _refused(UnknownSpot("没有这个点位，或不在您的辖区。 (No such place of yours.)"))
        last = read_day(asked.get("to", ""), spot.place, now, field="to")
        first = (
            read_day(asked["from"], spot.place, now, field="from")
            if asked.get("from")
            else last - timedelta(days=DEFAULT_DAYS)
        )
        if not 0 <= (last - first).days <= MOST_DAYS:
            zh = f"起始日不得晚于截止日，且最多相隔 {MOST_DAYS} 天。"
            raise refuse("from", "out_of_range", zh, f"At most {MOST_DAYS} days, in order.")
        since, until = day_of(spot.place, first)[0], day_of(spot.place, last)[1]
        return Response(visits_told(spot, since, until, viewer=viewer, now=now))


def _spot_id(fields: FieldReader) -> int:
    value = fields.raw.get("spot")
    if value.__class__ is int and 1 <= value <= MOST_ID:
        return int(value)
    fields.note("spot", "not_an_integer", "应为点位编号。", "Must be the id of a place.")
    return 0


def _position(fields: FieldReader, user: User) -> Position:
    """The position of the visit; what is wrong is noted."""
    raw = {name: fields.raw[name] for name in _POINT if name in fields.raw}
    read = PointReader(ScopeReader(user)).read(raw)
    if not isinstance(read, list):
        return read.position
    fields.problems += read
    raise Refused(fields.problems, status_of(fields.problems))


def _refused(error: WanggeError) -> Refused:
    zh, en = halves(error.message)
    kind = type(error)
    return Refused([Problem(error.field or "spot", _CODES[kind], zh, en)], _STATUS[kind])
