"""`POST /api/v1/patrols/gpx`: the tracks of a GPX file, as fixes of whoever sends it."""

from __future__ import annotations

from typing import cast

import numpy as np
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import octets
from gis.api.problems import refuse
from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer, query
from grids.models import User
from patrols.api.fix_rows import Read, Unread
from patrols.api.fixes import FixesParser, tell_written
from patrols.api.schemas import FixesAnswerSerializer
from patrols.services.fixes import write_fixes
from patrols.trackers.gpx import points_of, read_point
from patrols.trackers.reported import Reported, Unreadable, columns_of


class GpxParser(FixesParser):
    """The bytes of a file, whatever it is called."""

    media_type = "*/*"


class GpxView(APIView):
    """A file in the body; who sends it again stores nothing twice."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (GpxParser,)

    @extend_schema(
        operation_id="patrol_gpx",
        summary="上传 GPX 轨迹 (the tracks of a GPX file)",
        parameters=[query("device", "设备名，默认 gpx (name of the device)")],
        request={"application/gpx+xml": OpenApiTypes.BINARY},
        responses={
            200: FixesAnswerSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            413: ProblemsSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        check_query(request, frozenset({"device"}))
        device = _device(request.query_params.get("device", "") or "gpx")
        worker = cast(User, request.user)
        read = _read(octets(request), worker.pk, device)
        written = write_fixes(
            read.columns, now=timezone.now(), sender=worker, unread=len(read.unread)
        )
        return Response(tell_written(read, written))


def _device(name: str) -> str:
    if len(name) > 40 or not name.isprintable() or name != name.strip():
        zh, en = "设备名应为 1 至 40 个可见字符。", "Must be 1 to 40 visible characters."
        raise refuse("device", "unusable", zh, en)
    return name


def _read(raw: bytes, worker: int, device: str) -> Read:
    told, rows, unread = list[Reported](), list[int](), list[Unread]()
    try:
        points = points_of(raw)
    except Unreadable as error:
        raise refuse(error.field, "not_gpx", error.zh, error.en) from error
    for row, point in enumerate(points):
        try:
            told.append(read_point(point))
        except Unreadable as error:
            unread.append(Unread(row, None, f"{error.field}: {error.en}"))
        else:
            rows.append(row)
    return Read(columns_of(worker, device, told), np.array(rows, np.int64), unread)
