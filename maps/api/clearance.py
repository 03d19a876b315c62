"""`/api/v1/clearance`: the daily clearance board."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from grids.api.schemas import EDITION, PLACE, ProblemsSerializer, query
from maps.api.schemas import ClearanceSerializer
from maps.api.wall import AT
from maps.clearance.asking import Asked, read_board
from maps.clearance.board import BY, Row, board_of, chosen, link, whole
from maps.clearance.lines import CAME, DUE, Line, lines_of


class ClearanceView(APIView):
    """What a day owed, what became of it, and with whom the rest lies."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="clearance",
        summary="日清日结 (daily clearance)",
        parameters=[
            query("day", "当地日期，默认此刻所在日 (a local day): 2022-11-02"),
            query("by", "按单位或街道 (rows by)", enum=list(BY)),
            AT, PLACE, EDITION,
        ],
        responses={
            200: ClearanceSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = read_board(request, timezone.now())
        lines = lines_of(request.user, asked.scope.edition, asked.day)
        return Response(
            {
                "day": asked.day.day.isoformat(),
                "at": asked.day.moment.at.isoformat(),
                "is_over": asked.day.is_over,
                "by": asked.by,
                "total": _tell(whole(lines), asked, ""),
                "rows": [
                    _tell(row, asked, row.holder.code or "-") for row in board_of(lines, asked.by)
                ],
                "open": [tell_line(one) for one in chosen(lines, by=asked.by, row="", part="open")],
            }
        )


def _tell(row: Row, asked: Asked, code: str) -> dict[str, Any]:
    place = asked.scope.place.code
    return {
        "code": code,
        "name": row.holder.name,
        "is_unit": row.holder.is_unit,
        "came": row.came,
        "due": row.due,
        "is_late": row.late,
        "parts": {
            part: {
                "count": row.counts[part],
                "list": link(asked.day, place, by=asked.by, row=code, part=part),
            }
            for part in (*CAME, *DUE)
        },
    }


def tell_line(one: Line) -> dict[str, Any]:
    """A case that the day left open, with whom it lies at the moment and since when."""
    holder = one.lies_with
    return {
        "incident": one.number,
        "part": one.part,
        "holder": {"code": holder.code, "name": holder.name} if holder else None,
        "is_unit": holder.is_unit if holder else False,
        "since": one.lies_since.isoformat() if one.lies_since else None,
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "is_late": one.is_late,
    }
