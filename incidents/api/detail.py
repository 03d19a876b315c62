"""`/api/v1/incidents/{number}`: one case, with what was sent and what was done."""

from datetime import datetime
from typing import Any

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
from incidents.api.handling import tell_events, tell_handling
from incidents.api.parts import named, position_of
from incidents.api.schemas import CaseSerializer
from incidents.models import Attribution, Incident, Report
from incidents.selectors import find_case, reports_of
from incidents.services.contacts import hidden


class IncidentView(APIView):
    """A case that the viewer may see; to anybody else it is not there."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="incident",
        summary="一件案件 (one case)",
        responses={200: CaseSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        case = find_case(request.user, number)
        if case is None:
            zh, en = "没有这件案件。", "There is no such case."
            raise refuse("number", "unknown_case", zh, en, status_code=404)
        return Response(tell_case(case, request.user, timezone.now()))


def tell_case(case: Incident, viewer: Any, now: datetime) -> dict[str, Any]:
    """What the API says of a case to `viewer`, in the language of the request."""
    grid, category = case.grid, case.category
    region = grid.region if grid else None
    top = (region.parent or region) if region else None
    return {
        "number": case.number,
        "state": case.state,
        "kind": case.kind,
        "category": named(category.code, category.name_in(get_language())) if category else None,
        "grid": named(grid.code, grid.name) if grid else None,
        "community": named(region.code, region.name) if region else None,
        "subdistrict": named(top.code, top.name) if top else None,
        "position": position_of(case),
        "provisional": case.provisional,
        "received_at": case.received_at.isoformat(),
        "occurred_at": case.occurred_at.isoformat(),
        "is_simulated": case.is_simulated,
        **tell_handling(case, viewer, now),
        "events": tell_events(case),
        "reports": [_report(report) for report in reports_of(case)],
    }


def _report(report: Report) -> dict[str, Any]:
    channel = report.channel
    english = (get_language() or "").startswith("en")
    sent = {"lon": report.lon, "lat": report.lat, "datum": report.datum}
    return {
        "number": report.number,
        "channel": named(channel.code, channel.name_en if english else channel.name),
        "description": report.description,
        "address": report.address,
        "received_at": report.received_at.isoformat(),
        "occurred_at": report.occurred_at.isoformat(),
        "position": position_of(report),
        "sent": {**sent, "accuracy_m": report.accuracy_m} if report.datum else None,
        "snaps": [_snap(one) for one in report.attributions.all()],
        "photos": [str(photo.pk) for photo in report.photos.all()],
        "contact": hidden(report.reporter) if report.reporter else None,
    }


def _snap(one: Attribution) -> dict[str, Any]:
    return {
        "edition": one.edition.name,
        "grid": one.grid.code if one.grid else None,
        "method": one.method,
        "border_distance_m": one.border_distance_m,
        "provisional": one.provisional,
        "candidates": one.candidates,
    }
