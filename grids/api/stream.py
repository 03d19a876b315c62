"""`GET /api/v1/stream`: what happens, as server-sent events."""

from typing import Any, cast

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from gis.api.credentials import Credential, credential_of, holder
from gis.api.problems import refuse
from gis.api.query import check_query, whole_number
from gis.api.streaming import Still, Stream, seat_of
from gis.ledger.services import stream as news
from gis.ledger.stream.frames import frame, hello
from gis.ledger.stream.reading import replay
from gis.ledger.stream.ring import Wish
from grids.api.schemas import PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import Place, User
from grids.selectors import places_for
from grids.selectors.audience import audience_of

LAST = "Last-Event-ID"
# Where nobody keeps the stream, an answer holds this many events, and the client asks again.
MOST_AT_ONCE = 1000
ASK_AGAIN_MS = 1000
MOST_ID = 10**12 - 1
_ASKED = frozenset({"place", "topics", "last_event_id"})


class EventStreamRenderer(BaseRenderer):
    """So that the framework knows the media type; the view writes the events itself."""

    media_type = "text/event-stream"
    format = "event-stream"


class StreamView(APIView):
    """News of the viewer's own ground, from `Last-Event-ID` on, each event once and in order.

    Where the process keeps streams (`gis.api.streaming`) it stays open; elsewhere the answer holds
    what there is and ends, and the browser asks again after a second with the last id.
    """

    permission_classes = (IsAuthenticated,)
    renderer_classes = (EventStreamRenderer,)

    def perform_content_negotiation(
        self,
        request: Request,  # noqa: ARG002
        force: bool = False,  # noqa: ARG002
    ) -> tuple[BaseRenderer, str]:
        """Whatever a client says to accept, this is what there is."""
        return EventStreamRenderer(), EventStreamRenderer.media_type

    @extend_schema(
        operation_id="stream",
        summary="实时消息 (live events)",
        parameters=[
            PLACE,
            query("topics", "主题，逗号分隔 (topics, comma-separated)"),
            query("last_event_id", "从此编号之后 (go on after this id)"),
            OpenApiParameter(LAST, str, OpenApiParameter.HEADER, description="重连 (reconnecting)"),
        ],
        responses={
            (200, "text/event-stream"): OpenApiTypes.STR,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )
    def get(self, request: Request) -> HttpResponse:
        check_query(request, _ASKED)
        user = cast(User, request.user)
        place = ScopeReader(user).require_place(request.query_params.get("place", ""))
        after, topics = _after(request), _topics(request.query_params.get("topics", ""))
        wish = Wish(audience_of(user, place, at=timezone.now()), topics)
        seat = seat_of(request._request) if request.method == "GET" else None
        if seat is None:
            return _answer(_once(after, wish))
        still = _asker(credential_of(request), user, place)
        if not seat.take(Stream(user.pk, wish, after, still)):
            zh = "打开的实时连接太多，请先关闭一些。"
            en = "Too many open streams: close some first."
            raise refuse(None, "too_many_streams", zh, en, status_code=429)
        return _answer(b"")


def _after(request: Request) -> int | None:
    """The id that the client has read up to: a browser's header is newer than its address."""
    header = request.headers.get(LAST, "")
    name, text = (LAST, header) if header else (
        "last_event_id", request.query_params.get("last_event_id", "")
    )  # fmt: skip
    if not text:
        return None
    return whole_number(text, name, at_least=0, at_most=MOST_ID)


def _topics(text: str) -> frozenset[str]:
    asked = frozenset(text.split(",")) if text else frozenset()
    there = news.topics()
    if not asked <= there:
        names = ", ".join(sorted(there))
        zh, en = f"没有这个主题，现有：{names}。", f"No such topic; there are: {names}."
        raise refuse("topics", "unknown_topic", zh, en)
    return asked


def _asker(credential: Credential, user: User, place: Place) -> Still:
    """Asks again what this viewer may be told; None once they would not be let in any more."""

    def still() -> frozenset[str] | None:
        now = timezone.now()
        found: Any = holder(credential, now)
        if found is None or found.pk != user.pk:
            return None
        if not places_for(found).filter(pk=place.pk).exists():
            return None
        return audience_of(found, place, at=now)

    return still


def _once(after: int | None, wish: Wish) -> bytes:
    found, now = replay(after, wish, most=MOST_AT_ONCE), timezone.now()
    told = [
        hello(
            after=found.after, newest=found.newest, keys=wish.keys, now=now,
            heartbeat_s=ASK_AGAIN_MS / 1000, retry_ms=ASK_AGAIN_MS,
        )
    ]  # fmt: skip
    if found.lost:
        told.append(frame("reset", {"newest": found.newest}, id=found.newest))
    heartbeat = frame("heartbeat", {"now": now.isoformat()}, id=found.upto)
    return b"".join([*told, *found.frames, heartbeat])


def _answer(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=EventStreamRenderer.media_type)
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
