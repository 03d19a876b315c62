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
from gis.api.throttling import TrackerThrottle
from grids.api.schemas import ProblemsSerializer
from patrols.models import Tracker
from patrols.services.fixes import write_fixes
from patrols.services.trackers import tracker_of
from patrols.trackers import osmand, owntracks
from patrols.trackers.reported import Reported, Unreadable, columns_of

_ANSWERS = dict.fromkeys((400, 401, 413, 429), ProblemsSerializer)
_MOST_DEPTH = 8
_OBJECT = {"application/json": {"type": "object", "additionalProperties": True}}


class TrackerParser(OctetParser):
    """The bytes as they came, whatever the app calls them."""

    media_type = "*/*"
    max_bytes = 16 * 1024


class TrackerView(APIView):
    """No account: the secret says whose tracker it is, and its requests are counted together."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (TrackerParser,)
    throttle_classes = (TrackerThrottle,)

    def secret_of(self, request: Request) -> str:
        """The secret that is shown, blank without one."""
        raise NotImplementedError


class OsmAndView(TrackerView):
    """OsmAnd, Traccar Client, and what speaks like them."""

    def secret_of(self, request: Request) -> str:
        if (body := _json(request)) is not None:
            return osmand.secret_in_json(body)
        return osmand.secret_in_query(_query(request))

    @extend_schema(
        operation_id="tracker_osmand",
        summary="OsmAnd/Traccar 上报：id 为密钥 (the secret is the id)",
        responses={200: None, **_ANSWERS},
    )
    def get(self, request: Request) -> Response:
        return self._take_query(request)

    @extend_schema(
        operation_id="tracker_osmand_post",
        summary="OsmAnd/Traccar 上报：查询、表单或 JSON (query, form or JSON)",
        request=_OBJECT,
        responses={200: None, **_ANSWERS},
    )
    def post(self, request: Request) -> Response:
        if (body := _json(request)) is None:
            return self._take_query(request)
        tracker = _tracker(self.secret_of(request), "device_id")
        return _keep(tracker, _readable(osmand.read_json, body))

    def _take_query(self, request: Request) -> Response:
        tracker = _tracker(self.secret_of(request), "id")
        return _keep(tracker, _readable(osmand.read_query, _query(request)))


class OwnTracksView(TrackerView):
    """OwnTracks in HTTP mode."""

    def secret_of(self, request: Request) -> str:
        return _basic_password(request)

    @extend_schema(
        operation_id="tracker_owntracks",
        summary="OwnTracks 上报：密码为密钥 (the secret is the password)",
        request=_OBJECT,
        responses={200: None, **_ANSWERS},
    )
    def post(self, request: Request) -> Response:
        tracker = _tracker(self.secret_of(request), None)
        body = parse_json(octets(request), max_depth=_MOST_DEPTH)
        told = _readable(owntracks.read_message, body)
        return _keep(tracker, told) if told is not None else Response([])


def _json(request: Request) -> Any:
    """The body if it is JSON, None for a query or a form. Raises `Refused`."""
    raw = octets(request) if request.method == "POST" else b""
    if not raw.lstrip().startswith((b"{", b"[")):
        return None
    return parse_json(raw, max_depth=_MOST_DEPTH)


def _query(request: Request) -> dict[str, str]:
    """What is asked in the address or, as some apps send it, as a form."""
    raw = octets(request) if request.method == "POST" else b""
    form = dict(parse_qsl(raw.decode("utf-8", "replace")))
    return {**form, **request.query_params.dict()}


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
