"""`POST /api/v1/patrols/gpx`: the tracks of a GPX file, as fixes of whoever sends it."""

from __future__ import annotations

import io
from typing import IO, Any, cast

import numpy as np
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import octets
from gis.api.problems import Refused, refuse
from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer, query
from grids.models import User
from patrols.api.fix_rows import Read, Unread
from patrols.api.fixes import FixesParser, tell_written
from patrols.api.schemas import FixesAnswerSerializer
from patrols.services.fixes import write_fixes
from patrols.trackers.gpx import points_of, read_point
from patrols.trackers.reported import Reported, Unreadable, columns_of

FILE = "file"
_FORM = {"type": "object", "properties": {FILE: {"type": "string", "format": "binary"}}}


class GpxParser(FixesParser):
    """The bytes of a file, whatever it is called."""

    media_type = "*/*"


class GpxFormParser(MultiPartParser):
    """A form, as a browser sends it, within the budget of one file. Raises `Refused`."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        raw = GpxParser().read(stream, parser_context)
        try:
            return super().parse(io.BytesIO(raw), media_type, parser_context)
        except ParseError as error:
            raise _no_file("not_a_form", "表单无法读取", "The form cannot be read") from error


def _sent(request: Request) -> bytes:
    """The bytes of the file: the body, or the one file of a form. Raises `Refused`."""
    raw = octets(request)
    if raw or not request.content_type.startswith(GpxFormParser.media_type):
        return raw
    files = [(name, one) for name, each in request.FILES.lists() for one in each]
    if len(files) != 1 or files[0][0] != FILE:
        raise _no_file("one_file", "表单中应恰有一个文件", "The form must hold one file")
    # Whoever signs in by a session had the form read before us, without our budget.
    return GpxParser().read(files[0][1], None)


def _no_file(code: str, chinese: str, english: str) -> Refused:
    return refuse(FILE, code, f"{chinese}，字段名 {FILE}。", f"{english}, in the field {FILE}.")


class GpxView(APIView):
    """A file in the body or in a form; who sends it again stores nothing twice."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (GpxFormParser, GpxParser)

    @extend_schema(
        operation_id="patrol_gpx",
        summary="上传 GPX 轨迹 (the tracks of a GPX file)",
        parameters=[query("device", "设备名，默认 gpx (name of the device)")],
        request={"application/gpx+xml": OpenApiTypes.BINARY, "multipart/form-data": _FORM},
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
        read = _read(_sent(request), worker.pk, device)
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
