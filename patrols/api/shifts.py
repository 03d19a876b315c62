"""`/api/v1/patrols/shifts`: a worker's own shifts, their start and their end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.idempotency import HEADER, refusing_reuse, required_key
from gis.api.languages import halves
from gis.api.parsers import StrictJSONParser
from gis.api.problems import Refused, refuse
from gis.api.query import check_query
from gis.ledger.services import idempotency
from grids.api.schemas import ProblemsSerializer
from patrols.api.reading import read_offset
from patrols.api.schemas import ShiftEndSerializer, ShiftSerializer
from patrols.models import Shift
from patrols.services.shifts import ShiftRefused, end_shift, start_shift

_REFUSED = {400: ProblemsSerializer, 401: ProblemsSerializer}
_STATUS = {"not_a_worker": 403, "shift_open": 409, "shift_overlaps": 409}
_KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, description="UUID，可省 (optional)")
_RECENT = 60
# The services know how far ahead a clock may be.
_WHENEVER = datetime.max.replace(tzinfo=UTC)


class ShiftParser(StrictJSONParser):
    """A device and a time."""

    max_bytes = 4096
    max_depth = 2


class ShiftListView(APIView):
    """The viewer's own shifts."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (ShiftParser,)

    @extend_schema(
        operation_id="patrol_shifts",
        summary="本人最近的班次，未结束的在内 (your own recent shifts, the open one with them)",
        responses={200: ShiftSerializer(many=True), 401: ProblemsSerializer},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        rows = Shift.objects.for_user(request.user)[:_RECENT]
        return Response([tell_shift(row) for row in rows])

    @extend_schema(
        operation_id="patrol_shift_start",
        summary="上岗 (go on duty)",
        parameters=[_KEY],
        request=ShiftSerializer,
        responses={
            201: ShiftSerializer, **_REFUSED, 403: ProblemsSerializer, 409: ProblemsSerializer,
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A start with its time is known by it; without both time and key a second one is 409."""
        check_query(request, frozenset())
        user: Any = request.user
        now = timezone.now()
        fields = FieldReader(request.data, ("device", "started_at", "clock_offset_s"))
        device = fields.text("device", most=40, required=True)
        started_at = fields.instant("started_at", latest=_WHENEVER)
        offset_s = read_offset(fields)
        fields.refuse()

        def write() -> tuple[int, Any]:
            shift = start_shift(
                worker=user, device=device, started_at=started_at, now=now, clock_offset_s=offset_s
            )
            return 201, tell_shift(shift)

        try:
            if HEADER not in request.headers:
                status, body = write()
                return Response(body, status=status)
            key, source = required_key(request), f"shifts:user:{user.pk}"
            with refusing_reuse():
                answer = idempotency.once(
                    source=source, key=key, body=request.data, now=now, write=write
                )
        except ShiftRefused as error:
            raise _refused(error) from error
        return Response(answer.body, status=answer.status)


class ShiftEndView(APIView):
    """The end of one of the viewer's own shifts; another's is not there."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (ShiftParser,)

    @extend_schema(
        operation_id="patrol_shift_end",
        summary="下岗；再报一次回答相同 (go off duty; told again, the answer is the same)",
        request=ShiftEndSerializer,
        responses={200: ShiftSerializer, **_REFUSED, 404: ProblemsSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        check_query(request, frozenset())
        # A larger number is in no column.
        shift = Shift.objects.for_user(request.user).filter(pk=min(pk, 2**63 - 1)).first()
        if shift is None:
            raise Http404
        fields = FieldReader(request.data, ("ended_at", "clock_offset_s"))
        ended_at = fields.instant("ended_at", latest=_WHENEVER)
        offset_s = read_offset(fields)
        fields.refuse()
        try:
            ended = end_shift(
                shift=shift, ended_at=ended_at, now=timezone.now(), clock_offset_s=offset_s
            )
        except ShiftRefused as error:
            raise _refused(error) from error
        return Response(tell_shift(ended))


def tell_shift(shift: Shift) -> dict[str, Any]:
    """Plain JSON: it is kept as the answer to a key."""
    return {
        "id": shift.pk,
        "device": shift.device,
        "started_at": _told(shift.started_at),
        "ended_at": _told(shift.ended_at),
        "received_at": _told(shift.start_received_at),
        "end_received_at": _told(shift.end_received_at),
    }


def _told(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _refused(error: ShiftRefused) -> Refused:
    zh, en = halves(error.message)
    return refuse(error.field, error.code, zh, en, status_code=_STATUS.get(error.code))
