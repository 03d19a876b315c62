"""`/api/v1/patrols/trackers/…`: tracker apps send, each with a secret of its own.

They repeat what was not answered with 200, so that a position which is not kept (off shift, stale)
is answered like one that is: it is counted, and the app goes on to the next. What is no position
at all is 400 with its reasons.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import OctetParser, octets, parse_json
from gis.api.problems import refuse
from grids.api.schemas import ProblemsSerializer
from patrols.models import Tracker
from patrols.services.fixes import write_fixes
from patrols.services.trackers import tracker_of
from patrols.trackers import osmand, owntracks
from patrols.trackers.reported import Reported, Unreadable, columns_of

_ANSWERS = {400: ProblemsSerializer, 401: ProblemsSerializer, 413: ProblemsSerializer}
_MOST_DEPTH = 8
_OBJECT = {"application/json": {"type": "object", "additionalProperties": True}}


class TrackerParser(OctetParser):
    """The bytes as they came, whatever the app calls them."""

    media_type = "*/*"
    max_bytes = 16 * 1024


class TrackerView(APIView):
    """No account: the secret says whose tracker it is."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (TrackerParser,)


class OsmAndView(TrackerView):
    """OsmAnd, Traccar Client, and what speaks like them."""

    @extend_schema(
        operation_id="tracker_osmand",
        summary="OsmAnd/Traccar 上报：id 为密钥 (the secret is the id)",
        responses={200: None, **_ANSWERS},
    )
    def get(self, request: Request) -> Response:
        return _take_query(request.query_params.dict())

    @extend_schema(
        operation_id="tracker_osmand_post",
        summary="OsmAnd/Traccar 上报：查询、表单或 JSON (query, form or JSON)",
        request=_OBJECT,
        responses={200: None, **_ANSWERS},
    )
    def post(self, request: Request) -> Response:
        raw = octets(request)
        if not raw.lstrip().startswith((b"{", b"[")):
            form = dict(parse_qsl(raw.decode("utf-8", "replace")))
            return _take_query({**form, **request.query_params.dict()})
        body = parse_json(raw, max_depth=_MOST_DEPTH)
        tracker = _tracker(osmand.secret_in_json(body), "device_id")
        return _keep(tracker, _readable(osmand.read_json, body))


class OwnTracksView(TrackerView):
    """OwnTracks in HTTP mode."""

    @extend_schema(
        operation_id="tracker_owntracks",
        summary="OwnTracks 上报：密码为密钥 (the secret is the password)",
        request=_OBJECT,
        responses={200: None, **_ANSWERS},
    )
    def post(self, request: Request) -> Response:
        tracker = _tracker(_basic_password(request), None)
        body = parse_json(octets(request), max_depth=_MOST_DEPTH)
        told = _readable(owntracks.read_message, body)
        return _keep(tracker, told) if told is not None else Response([])


def _take_query(asked: dict[str, str]) -> Response:
    tracker = _tracker(osmand.secret_in_query(asked), "id")
    return _keep(tracker, _readable(osmand.read_query, asked))


def _keep(tracker: Tracker, told: Reported) -> Response:
    columns = columns_of(tracker.worker_id, tracker.device, [told])
    write_fixes(columns, now=timezone.now(), sender=tracker.worker)
    # What OwnTracks expects; the others look at the status only.
    return Response([])


def _readable(read: Any, body: Any) -> Any:
    try:
        return read(body)
    except Unreadable as error:
        raise refuse(error.field, "unreadable", error.zh, error.en) from error


def _tracker(secret: str, field: str | None) -> Tracker:
    found = tracker_of(secret) if 0 < len(secret) <= 100 else None
    if found is None:
        zh, en = "轨迹器密钥无效或已停用。", "The tracker's secret is unknown or has ended."
        refused = refuse(field, "bad_secret", zh, en, status_code=401)
        refused.auth_header = 'Basic realm="wangge-tracker"'
        raise refused
    return found


def _basic_password(request: Request) -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
