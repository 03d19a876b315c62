"""`POST /api/v1/channels/{channel}/webhook`: a partner sends reports, signed."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import OctetParser, octets, parse_json
from gis.api.problems import refuse
from gis.api.query import check_query
from gis.api.throttling import WebhookThrottle
from grids.api.schemas import ProblemsSerializer
from incidents.api.schemas import PartnerAnswerSerializer
from incidents.channels import registry
from incidents.channels.adapter import Way
from incidents.channels.receiving import receive_rows, rows_in
from incidents.channels.signing import HEADER
from incidents.services.partners import partner_who_signed

MOST_DEPTH = 6


class SignedParser(OctetParser):
    """The bytes as they came: the signature is over them, and is looked at before they are read."""

    max_bytes = 512 * 1024


class WebhookView(APIView):
    """No account: the signature says who it is."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (WebhookThrottle,)
    parser_classes = (SignedParser,)

    @extend_schema(
        operation_id="channel_webhook",
        summary="渠道推送 (a partner sends reports)",
        parameters=[
            OpenApiParameter(
                HEADER, str, OpenApiParameter.HEADER, required=True,
                description="t=<unix>,v1=<hex>：HMAC-SHA256(key, t + '.' + body)",
            )
        ],
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={
            201: PartnerAnswerSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
            409: ProblemsSerializer,
            413: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )  # fmt: skip
    def post(self, request: Request, channel: str) -> Response:
        check_query(request, frozenset())
        adapter = registry.find(channel)
        if adapter is None or Way.WEBHOOK not in adapter.ways_in:
            raise Http404
        raw = octets(request)
        now = timezone.now()
        partner = partner_who_signed(channel, request.headers.get(HEADER, ""), raw, now=now)
        if partner is None:
            zh = "签名不对，或已过五分钟。"
            en = "The signature is wrong, or older than five minutes."
            refused = refuse(HEADER, "bad_signature", zh, en, status_code=401)
            refused.auth_header = "Wangge-Signature"
            raise refused
        rows = rows_in(adapter, parse_json(raw, max_depth=MOST_DEPTH))
        answers = [one.body for one in receive_rows(adapter, partner, rows, now=now)]
        return Response({adapter.rows: answers} if adapter.rows else answers[0], status=201)
