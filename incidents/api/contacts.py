"""`POST /api/v1/incidents/{number}/contacts`: who reported, for a reason that is kept."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.idempotency import KEY_PARAMETER, refusing_reuse, required_key
from gis.api.query import check_query
from gis.ledger.services import idempotency
from grids.api.schemas import ProblemsSerializer
from incidents.api.actions import ActionParser, refused_for
from incidents.api.schemas_desk import ContactsSerializer, ReasonSerializer
from incidents.services.acting import UnknownCase
from incidents.services.contacts import open_contacts, record_reveal
from incidents.workflow.errors import NotAllowed

MOST_REASON = 200


class ContactsView(APIView):
    """Shown once for each reason; the answer is kept nowhere."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (ActionParser,)

    @extend_schema(
        operation_id="incident_contacts",
        summary="查看联系方式 (see who reported)",
        parameters=[KEY_PARAMETER],
        request=ReasonSerializer,
        responses={
            200: ContactsSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            403: ProblemsSerializer,
            404: ProblemsSerializer,
            409: ProblemsSerializer,
        },
    )
    def post(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        key = required_key(request)
        fields = FieldReader(request.data, ("reason",))
        reason = fields.text("reason", most=MOST_REASON, required=True)
        if "\x00" in reason:
            zh, en = "含有不能保存的字符。", "Holds a character that cannot be kept."
            fields.note("reason", "not_text", zh, en)
        fields.refuse()
        user: Any = request.user
        now = timezone.now()
        told: Any = {"number": number, "contacts": reason}

        def write() -> tuple[int, Any]:
            sequence = record_reveal(number=number, reason=reason, by=user, now=now)
            return 200, {"event": sequence}

        try:
            with refusing_reuse():
                idempotency.once(
                    source=f"contacts:user:{user.pk}", key=key, body=told, now=now, write=write
                )
            found = open_contacts(number, user)
        except (UnknownCase, NotAllowed) as error:
            raise refused_for(error) from error
        contacts = [
            {"report": one.report, "name": one.reporter.name, "phone": one.reporter.phone}
            for one in found
        ]
        response = Response({"contacts": contacts})
        response["Cache-Control"] = "no-store"
        return response
