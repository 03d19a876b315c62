"""`POST /api/v1/reports/{number}/survey`: whoever reported says whether they are satisfied."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.idempotency import KEY_PARAMETER, refusing_reuse, required_key
from gis.api.languages import halves
from gis.api.problems import refuse
from gis.api.query import check_query
from gis.api.throttling import FollowThrottle
from gis.ledger.services import idempotency
from grids.api.schemas import ProblemsSerializer
from incidents.api.actions import refused_for
from incidents.api.following import DigitsThrottle, find_report, read_digits
from incidents.api.schemas import SurveyedSerializer, SurveySerializer
from incidents.services.surveying import AlreadySurveyed, survey
from incidents.workflow.errors import MissingInput, NotAllowed, StateMoved

MOST_WORDS = 500


class SurveyView(APIView):
    """The digits are needed: a number alone may have been read over a shoulder."""

    permission_classes = (AllowAny,)
    throttle_classes = (FollowThrottle, DigitsThrottle)

    @extend_schema(
        operation_id="report_survey",
        summary="评价办理结果 (judge how a report was handled)",
        parameters=[KEY_PARAMETER],
        request=SurveySerializer,
        responses={
            200: SurveyedSerializer,
            400: ProblemsSerializer,
            404: ProblemsSerializer,
            409: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        fields = FieldReader(request.data, ("digits", "score", "note"))
        digits, score = read_digits(fields), _score(fields)
        note = fields.text("note", most=MOST_WORDS)
        if not digits and not fields.problems:
            fields.note("digits", "required", "请给出后四位。", "Give the last four digits.")
        fields.refuse()
        key = required_key(request)
        found = find_report(number, digits)
        if not found.is_open:
            zh = "没有留电话的诉求不能在网上评价。"
            en = "A report without a phone cannot be judged here."
            raise refuse("digits", "no_phone", zh, en, status_code=404)
        now = timezone.now()

        def write() -> tuple[int, Any]:
            done = survey(report=found.report, score=score, note=note, now=now)
            event = done.event.action.removeprefix("incident.")
            return 200, {"state": str(done.docket.case.state), "event": event, "score": score}

        try:
            with refusing_reuse():
                answer = idempotency.once(
                    source=f"survey:{found.report.number}", key=key,
                    body={"score": score, "note": note}, now=now, write=write,
                )  # fmt: skip
        except AlreadySurveyed as error:
            zh, en = halves(error.message)
            raise refuse("score", "already_surveyed", zh, en, status_code=409) from error
        except (StateMoved, NotAllowed, MissingInput) as error:
            raise refused_for(error) from error
        return Response(answer.body, status=answer.status)


def _score(fields: FieldReader) -> int:
    value = fields.raw.get("score")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
        fields.note("score", "out_of_range", "请选 1 到 5 分。", "Choose from 1 to 5.")
        return 0
    return value
