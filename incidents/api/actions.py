"""`POST /api/v1/incidents/{number}/actions/{action}`: something is done to a case."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.idempotency import KEY_PARAMETER, refusing_reuse, required_key
from gis.api.languages import halves
from gis.api.parsers import StrictJSONParser
from gis.api.problems import Problem, Refused, refuse
from gis.api.query import check_query
from gis.ledger.services import idempotency
from grids.api.schemas import ProblemsSerializer
from incidents.api.schemas import DoneSerializer
from incidents.services import acting
from incidents.workflow.actions import Action
from incidents.workflow.errors import MissingInput, NotAllowed, StateMoved


class ActionParser(StrictJSONParser):
    """Room for words, a list of units and one of pictures."""

    max_bytes = 64 * 1024
    max_depth = 4


class ActionView(APIView):
    """One action on a case that the viewer may see; to anybody else the case is not there."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (ActionParser,)

    @extend_schema(
        operation_id="incident_action",
        summary="办理案件 (do something to a case)",
        parameters=[
            KEY_PARAMETER,
            OpenApiParameter("action", str, OpenApiParameter.PATH, enum=Action.values),
        ],
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={
            200: DoneSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            403: ProblemsSerializer,
            404: ProblemsSerializer,
            409: ProblemsSerializer,
            422: ProblemsSerializer,
        },
    )  # fmt: skip
    def post(self, request: Request, number: str, action: str) -> Response:
        check_query(request, frozenset())
        key = required_key(request)
        if action not in Action.values:
            known = "、".join(Action.values)
            zh, en = f"没有这个动作；可用：{known}。", "There is no such action."
            raise refuse("action", "unknown_action", zh, en, status_code=404)
        given: object = request.data
        if not isinstance(given, dict):
            zh, en = "内容应为 JSON 对象。", "The body must be a JSON object."
            raise refuse(None, "not_an_object", zh, en)
        now = timezone.now()
        user: Any = request.user

        def write() -> tuple[int, Any]:
            done = acting.act_within(number=number, action=action, given=given, by=user, now=now)
            return 200, tell_done(done)

        told: Any = {"number": number, "action": action, "given": given}
        try:
            with refusing_reuse(
                "此键已用于另一内容；另一次办理请用新的键。",
                "This key was used for another body; use a new key for another action.",
            ):
                answer = idempotency.once(
                    source=f"actions:user:{user.pk}", key=key, body=told, now=now, write=write
                )
        except (acting.UnknownCase, StateMoved, NotAllowed, MissingInput) as error:
            raise refused_for(error) from error
        return Response(answer.body, status=answer.status)


def tell_done(done: acting.Done) -> dict[str, Any]:
    """Where the case stands now; kept as the answer to the key, so nothing of a person."""
    case = done.docket.case
    unit = done.office.units_by_id.get(case.unit_id) if case.unit_id else None
    return {
        "number": case.number,
        "state": str(case.state),
        "kind": case.kind,
        "tier": str(case.tier),
        "unit": {"code": unit.code, "name": unit.name} if unit else None,
        "deadline": case.due_at.isoformat() if case.due_at else None,
        "event": done.event.action,
    }


def refused_for(error: Exception) -> Refused:
    """The answer that tells why something could not be done to a case."""
    if isinstance(error, MissingInput):
        return Refused([Problem(*reason) for reason in error.reasons], 422)
    status_code, code = {
        acting.UnknownCase: (404, "unknown_case"),
        StateMoved: (409, "state_moved"),
        NotAllowed: (403, "not_allowed"),
    }[type(error)]  # type: ignore[index]
    zh, en = halves(str(getattr(error, "message", error)))
    field = getattr(error, "field", None)
    return Refused([Problem(field, code, zh, en)], status_code)
