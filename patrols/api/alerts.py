"""`/api/v1/patrols/alerts`: what calls for a look, and saying that one knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.idempotency import HEADER, refusing_reuse, required_key
from gis.api.languages import halves
from gis.api.pagination import PAGE_PARAMETERS, CountedPagination
from gis.api.parsers import StrictJSONParser
from gis.api.problems import Refused, refuse
from gis.api.query import check_query
from gis.kernel.errors import WanggeError
from gis.ledger.services import idempotency
from grids.api.schemas import PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import Place, User
from patrols.api.reading import read_day
from patrols.api.schemas import AcknowledgedSerializer, AcknowledgeSerializer, AlertSerializer
from patrols.choices import AlertKind
from patrols.models import Alert
from patrols.models.alert import MOST_NOTE
from patrols.selectors.coverage import day_of
from patrols.services.acknowledging import (
    AlreadyKnown,
    NotTheirs,
    UnknownAlert,
    acknowledge_alert,
)
from patrols.services.looking import look_at_alerts

__all__ = ["AcknowledgeView", "AlertsView", "tell_alert"]

STATES = ("open", "closed")
_REFUSED = dict.fromkeys((400, 401, 403, 404), ProblemsSerializer)
_STATUS = {UnknownAlert: 404, NotTheirs: 403, AlreadyKnown: 409}
_CODES = {UnknownAlert: "unknown_alert", NotTheirs: "not_theirs", AlreadyKnown: "already_known"}
_KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, description="UUID，可省 (optional)")
_PAGES = [
    query("page", "第几页 (which page)", int),
    query("page_size", "每页行数 (rows on a page)", int),
]


class AlertsView(APIView):
    """Alerts of the ground that the viewer answers for, and the viewer's own, the newest first."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_alerts",
        summary="巡查提醒，每次查看都有记录 (alerts on patrols; every look is recorded)",
        parameters=[
            query("state", "open：未结束；closed：已结束", enum=STATES),
            query("kind", "类型 (kind)", enum=AlertKind.values),
            query("date", "当日有过的 (open at some moment of that local day)"),
            query("worker", "用户名 (user name)"),
            PLACE,
            *_PAGES,
        ],
        responses={200: AlertSerializer(many=True), **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        check_query(request, PAGE_PARAMETERS | {"state", "kind", "date", "worker", "place"})
        viewer, now = cast(User, request.user), timezone.now()
        place = ScopeReader(viewer).require_place(request.query_params.get("place", ""))
        narrow = _asked(request, place, now)
        pages = CountedPagination()
        told = look_at_alerts(
            place=place,
            by=viewer,
            now=now,
            take=lambda rows: pages.paginate_queryset(narrow(rows), request),
        )
        if told is None:
            zh = "巡查提醒只给对其网格负责的人和本人看。"
            en = "Alerts are for those who answer for the ground, and for the worker."
            raise refuse(None, "not_allowed", zh, en, status_code=403)
        return pages.get_paginated_response([tell_alert(one) for one in told])


class AcknowledgeParser(StrictJSONParser):
    """A note."""

    max_bytes = 4096
    max_depth = 2


class AcknowledgeView(APIView):
    """Somebody knows, and says what they did."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (AcknowledgeParser,)

    @extend_schema(
        operation_id="patrol_alert_acknowledge",
        summary="知悉一条提醒，写明怎么办的 (say that you know, and what you did)",
        parameters=[_KEY],
        request=AcknowledgeSerializer,
        responses={
            200: AcknowledgedSerializer,
            **_REFUSED,
            409: ProblemsSerializer,
            422: ProblemsSerializer,
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        check_query(request, frozenset())
        user, now = cast(User, request.user), timezone.now()
        fields = FieldReader(request.data, ("note",))
        note = fields.text("note", most=MOST_NOTE, required=True)
        if fields.problems:
            raise Refused(fields.problems, 422)

        def write() -> tuple[int, Any]:
            # A larger number is in no column.
            alert = acknowledge_alert(alert_id=min(pk, 2**63 - 1), note=note, by=user, now=now)
            return 200, {"id": alert.pk, "acknowledged_at": now.isoformat()}

        try:
            if HEADER not in request.headers:
                return Response(write()[1])
            key, source = required_key(request), f"alerts:user:{user.pk}"
            with refusing_reuse():
                body = {"alert": pk, **request.data}
                told = idempotency.once(source=source, key=key, body=body, now=now, write=write)
        except (UnknownAlert, NotTheirs, AlreadyKnown) as error:
            raise _refused(error) from error
        return Response(told.body, status=told.status)


def tell_alert(alert: Alert) -> dict[str, Any]:
    """An alert as plain JSON."""
    by, point = alert.acknowledged_by, alert.point
    return {
        "id": alert.pk,
        "kind": str(alert.kind),
        "worker": alert.worker.username,
        "name": str(alert.worker),
        "grid": alert.grid.code,
        "grid_name": alert.grid.name,
        "opened_at": alert.opened_at.isoformat(),
        "last_at": alert.last_at.isoformat(),
        "closed_at": alert.closed_at.isoformat() if alert.closed_at else None,
        "closing": str(alert.closing) or None,
        "lon": point.x if point else None,
        "lat": point.y if point else None,
        "facts": alert.facts,
        "acknowledged_at": alert.acknowledged_at.isoformat() if alert.acknowledged_at else None,
        "acknowledged_by": str(by) if by else None,
        "note": alert.note,
    }


def _asked(request: Request, place: Place, now: datetime) -> Any:
    """What the question narrows the rows to. Raises `Refused`."""
    asked = request.query_params
    state, kind = _choice(asked, "state", STATES), _choice(asked, "kind", AlertKind.values)
    day = read_day(asked["date"], place, now) if asked.get("date") else None
    worker = asked.get("worker", "")

    def narrow(rows: QuerySet[Alert]) -> QuerySet[Alert]:
        if state:
            rows = rows.filter(closed_at__isnull=state == "open")
        if kind:
            rows = rows.filter(kind=kind)
        if day:
            rows = rows.between(*day_of(place, day))  # type: ignore[attr-defined]
        if worker:
            rows = rows.filter(worker__username=worker)
        return rows.order_by("-opened_at", "-pk")

    return narrow


def _choice(asked: Any, name: str, choices: Any) -> str:
    value = str(asked.get(name, ""))
    if value and value not in choices:
        names = "、".join(choices)
        raise refuse(name, "unknown_choice", f"可用：{names}。", f"Use one of: {names}.")
    return value


def _refused(error: WanggeError) -> Refused:
    zh, en = halves(error.message)
    kind = type(error)
    return refuse(error.field, _CODES[kind], zh, en, status_code=_STATUS[kind])
