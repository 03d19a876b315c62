"""`/api/v1/incidents/{number}/duplicates`: what may be the same matter, and what is not."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import StrictJSONParser
from gis.api.problems import refuse
from gis.api.query import check_query
from gis.kernel.errors import InvalidInput
from grids.api.schemas import ProblemsSerializer
from incidents.api.schemas_duplicates import (
    NotDuplicateSerializer,
    ProposalSerializer,
    RefusedPairSerializer,
)
from incidents.duplicates.explaining import lines_of
from incidents.duplicates.proposing import Proposal, propose
from incidents.models import Incident
from incidents.selectors import cases_for
from incidents.services import dockets
from incidents.services.duplicates import refuse_duplicate
from incidents.workflow.actions import Party
from incidents.workflow.office import office_of
from incidents.workflow.standing import parties, standing_of

_ANSWERS = {401: ProblemsSerializer, 403: ProblemsSerializer, 404: ProblemsSerializer}


class PairParser(StrictJSONParser):
    """One number."""

    max_bytes = 1024
    max_depth = 2


class DuplicatesView(APIView):
    """Cases that may be the same matter, for who dispatches this one."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="incident_duplicates",
        summary="可能重复的案件 (what may be the same matter)",
        responses={200: ProposalSerializer(many=True), **_ANSWERS},
    )
    def get(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        case = dispatched_by(request.user, number)
        found = propose(case, among=cases_for(request.user))
        return Response([tell_proposal(one) for one in found])


class NotDuplicatesView(APIView):
    """It is said once that two cases are not the same matter."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (PairParser,)

    @extend_schema(
        operation_id="incident_not_duplicate",
        summary="不是同一件 (these are two matters)",
        request=NotDuplicateSerializer,
        responses={200: RefusedPairSerializer, 400: ProblemsSerializer, **_ANSWERS},
    )
    def post(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        user: Any = request.user
        case = dispatched_by(user, number)
        given: object = request.data
        name = given.get("other") if isinstance(given, dict) and len(given) == 1 else None
        if not isinstance(name, str):
            zh, en = "应为另一案件的编号。", "Give the number of the other case."
            raise refuse("other", "required", zh, en)
        other = cases_for(user).filter(number=name[:24], place=case.place_id).first()
        if other is None:
            raise _unknown("other")
        try:
            row = refuse_duplicate(case=case, other=other, by=user, now=timezone.now())
        except InvalidInput as error:
            raise refuse("other", "unusable", "应为另一件案件。", "Name another case.") from error
        return Response({"number": case.number, "other": other.number, "at": row.at.isoformat()})


def dispatched_by(user: Any, number: str) -> Incident:
    """The case of that number, for who may dispatch it. Raises `Refused`."""
    rows = dockets.with_ground(cases_for(user).filter(number=number[:24]))
    case: Incident | None = rows.first()
    if case is None:
        raise _unknown("number")
    office = office_of(case.place)
    held = parties(standing_of(user, timezone.now()), dockets.load(case, office), office)
    if not held & {Party.CENTRE, Party.TIER}:
        zh = "由区治理中心或当前办理层级判定重复。"
        en = "For the centre and the level that answers for the case."
        raise refuse(None, "not_allowed", zh, en, status_code=403)
    return case


def _unknown(field: str) -> Exception:
    zh, en = "没有这件案件。", "There is no such case."
    return refuse(field, "unknown_case", zh, en, status_code=404)


def tell_proposal(one: Proposal) -> dict[str, Any]:
    """What the API says of a proposal, with the reasons in the language of the request."""
    case, category = one.case, one.case.category
    return {
        "number": case.number,
        "state": case.state,
        "is_open": one.is_open,
        "kind": case.kind,
        "category": {"code": category.code, "name": category.name_in(get_language())}
        if category
        else None,
        "received_at": case.received_at.isoformat(),
        "position": {"lon": case.position.x, "lat": case.position.y} if case.position else None,
        "score": round(one.score, 3),
        "distance_m": None if one.metres is None else round(one.metres, 1),
        "apart_hours": round(one.apart.total_seconds() / 3600, 1),
        "text": round(one.alike, 3),
        "same_category": one.is_same_class,
        "why": lines_of(one),
    }
