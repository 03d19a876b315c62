"""`POST /api/v1/patrols/fixes`: what a phone recorded on duty, each position once."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import OctetParser, octets
from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer
from grids.models import User
from patrols.api.fix_rows import Read, read_fixes, refusal_of
from patrols.api.schemas import FixesAnswerSerializer, FixSerializer
from patrols.services.fixes import Written, write_fixes


class FixesParser(OctetParser):
    """The bytes as they came: thousands of rows are read quicker by a schema of their own."""

    max_bytes = 4 * 1024 * 1024


class FixesView(APIView):
    """The viewer's own positions, and nobody else's: no row says whose it is."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (FixesParser,)

    @extend_schema(
        operation_id="patrol_fixes",
        summary="上传轨迹点，可重发 (positions of a shift, each kept once)",
        request=FixSerializer(many=True),
        responses={
            200: FixesAnswerSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            413: ProblemsSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        check_query(request, frozenset())
        worker = cast(User, request.user)
        read = read_fixes(octets(request), worker.pk)
        written = write_fixes(
            read.columns, now=timezone.now(), sender=worker, unread=len(read.unread)
        )
        return Response(tell_written(read, written))


def tell_written(read: Read, written: Written) -> dict[str, Any]:
    """What became of each row that was not kept; rows are told in the order they came in."""
    which = np.flatnonzero(written.refused != "")
    refused = [
        {"sequence": sequence, "reason": reason, "row": row}
        for sequence, reason, row in zip(
            read.columns.sequence[which].tolist(),
            written.refused[which].tolist(),
            read.rows[which].tolist(),
            strict=True,
        )
    ]
    refused += [refusal_of(one) for one in read.unread]
    refused.sort(key=lambda one: one["row"])
    return {"stored": written.stored, "duplicates": written.duplicates, "refused": refused}
