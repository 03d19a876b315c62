"""`/api/v1/queue`: what is to be dealt with, the most pressing first, page by page."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import refuse
from gis.api.query import check_query
from grids.api.schemas import ProblemsSerializer
from grids.api.scopes import ScopeReader
from incidents.api.asked import QUEUE
from incidents.api.parts import named, position_of
from incidents.api.schemas_desk import QueueSerializer
from incidents.choices import Order
from incidents.questions import PARAMETERS, cases_asked, read_question
from incidents.queue import MOST_COUNTED, page_of, rows_of

MOST_NUMBERS = 50
_LINE = 120


class QueueView(APIView):
    """A page of the cases that are asked for, in a constant number of questions to the database."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="queue",
        summary="待办队列 (a queue of cases)",
        parameters=QUEUE,
        responses={
            200: QueueSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, PARAMETERS | {"place", "numbers", "cursor"})
        asked = request.query_params.dict()
        now = timezone.now()
        scope = ScopeReader(request.user).require(asked.get("place", ""), "")
        question = read_question(asked, ZoneInfo(scope.place.time_zone), now)
        rows = cases_asked(request.user, scope.edition, question)
        rows = _of_numbers(rows, asked.get("numbers", ""))
        order = question.order or Order.DUE
        page = page_of(rows, order, asked.get("cursor", ""))
        told: dict[str, Any] = {
            "at": now.isoformat(),
            "count": _count(page.found),
            "next": page.next,
            "results": [tell_row(row, get_language()) for row in rows_of(page.keys)],
        }
        return Response(told)


def _of_numbers(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    if not text:
        return rows
    numbers = text.split(",")
    if len(numbers) > MOST_NUMBERS:
        zh, en = f"最多 {MOST_NUMBERS} 个编号。", f"At most {MOST_NUMBERS} numbers."
        raise refuse("numbers", "too_many", zh, en)
    return rows.filter(number__in=numbers)


def _count(found: int | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"n": min(found, MOST_COUNTED), "is_more": found > MOST_COUNTED}


def tell_row(row: Any, language: str | None) -> dict[str, Any]:
    """A line about a case; `row` is of `rows_of`."""
    grid = row.grid
    region = grid.region if grid else None
    category, unit = row.category, row.unit
    first = (row.first_words or "").strip().splitlines()
    return {
        "number": row.number,
        "kind": row.kind,
        "category": named(category.code, category.name_in(language)) if category else None,
        "state": row.state,
        "state_label": row.get_state_display(),
        "tier": row.tier,
        "tier_label": row.get_tier_display(),
        "grid": named(grid.code, grid.name) if grid else None,
        "community": named(region.code, region.name) if region else None,
        "subdistrict": row.subdistrict_name,
        "unit": named(unit.code, unit.name) if unit else None,
        "deadline": row.due_at.isoformat() if row.due_at else None,
        "amber_at": row.amber_at.isoformat() if row.amber_at else None,
        "received_at": row.received_at.isoformat(),
        "position": position_of(row),
        "description": first[0][:_LINE] if first else "",
        "address": row.address or "",
        "reports": row.report_count or 0,
        "flags": {
            "supervised": row.is_supervised,
            "requested": row.is_asked,
            "reopened": row.reopened,
            "provisional": row.provisional,
            "unplaced": row.grid_id is None,
            "simulated": row.is_simulated,
            "merged": row.merged_count or 0,
        },
    }
