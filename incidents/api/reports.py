"""`POST /api/v1/reports`: a report is kept, and told where it lies."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.idempotency import KEY_PARAMETER, refusing_reuse, required_key
from gis.api.parsers import StrictJSONParser
from gis.api.query import check_query
from gis.api.throttling import ReportThrottle
from gis.ledger.services import idempotency
from grids.api.locate import tell
from grids.api.schemas import ProblemsSerializer
from grids.models import User
from incidents.api.reading import Sent, read_channel, read_report
from incidents.api.schemas import ReceivedSerializer, ReportSerializer
from incidents.services import intake
from incidents.services.placing import Placing


class ReportParser(StrictJSONParser):
    """Room for the longest description, escaped."""

    max_bytes = 128 * 1024
    max_depth = 8


class ReportView(APIView):
    """Residents may report without an account on open channels; others sign in."""

    permission_classes = (AllowAny,)
    throttle_classes = (ReportThrottle,)
    parser_classes = (ReportParser,)

    @extend_schema(
        operation_id="report",
        summary="上报诉求 (send a report)",
        parameters=[KEY_PARAMETER],
        request=ReportSerializer,
        responses={
            201: ReceivedSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
            409: ProblemsSerializer,
            413: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        check_query(request, frozenset())
        key = required_key(request)
        now = timezone.now()
        channel = read_channel(request)
        sender = request.user if isinstance(request.user, User) else None

        def write() -> tuple[int, Any]:
            sent = read_report(request.data, request.user, channel, now)
            received = intake.receive(**vars(sent), sent_by=sender, now=now)
            return 201, tell_received(received, sent)

        source = f"reports:user:{sender.pk}" if sender else "reports:anonymous"
        with refusing_reuse(
            "此键已用于另一内容；新的诉求请用新的键。",
            "This key was used for another body; send a new report under a new key.",
        ):
            answer = idempotency.once(
                source=source, key=key, body=request.data, now=now, write=write
            )
        return Response(answer.body, status=answer.status)


def tell_received(received: intake.Received, sent: Sent) -> dict[str, Any]:
    """Numbers and words of ours: it is kept as the answer to the key, so nothing of a person."""
    return {
        "number": received.report.number,
        "incident": received.report.incident.number,
        "state": received.report.incident.state,
        "snap": tell_placing(received.placing, sent),
    }


def tell_placing(placing: Placing, sent: Sent) -> dict[str, Any]:
    """As `locate` tells it to the public; of an address also by which name, and how sure."""
    if placing.located is not None:
        told = tell(placing.located, signed_in=False)
    else:
        nowhere = ("grid", "community", "subdistrict", "border_distance_m")
        told = {"edition": placing.edition.name, **dict.fromkeys(nowhere)}
        told |= {"provisional": False, "candidates": []}
    told["method"] = placing.method.value
    if sent.location is not None:
        told["datum"] = sent.location.datum.value
    else:
        found = placing.found
        told["certainty"] = found.certainty if found else 0.0
        match = found.match if found else None
        told["matched"] = {"name": match.name, "kind": match.kind.value} if match else None
    return told
