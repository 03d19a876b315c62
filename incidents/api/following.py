"""`/api/v1/reports/{number}`: asking after a report, by its number and the phone's last digits."""

import re
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.fields import FieldReader
from gis.api.problems import refuse
from gis.api.query import check_query
from gis.api.throttling import FollowThrottle
from gis.ledger.models import Attachment
from grids.api.schemas import ProblemsSerializer, query
from incidents.api.photos import send_picture
from incidents.api.schemas import DigitsSerializer, FollowedSerializer
from incidents.models import Report
from incidents.selectors import first_attribution
from incidents.services.following import (
    Followed,
    follow,
    make_pass,
    photo_by_pass,
    read_number,
)
from incidents.services.loop_steps import Step

_DIGITS = re.compile(r"\d{4}", re.ASCII)


class DigitsThrottle(FollowThrottle):
    """Tries at the digits of one report, from wherever they come."""

    scope = "follow-digits"
    setting = "FOLLOW_DIGITS_TRIED"
    window_s = 15 * 60

    def who(self, request: Request, view: APIView) -> str:
        raw = request.data if request.method == "POST" and isinstance(request.data, dict) else {}
        return read_number(str(view.kwargs["number"])) if raw.get("digits") else ""


class FollowView(APIView):
    """The state of a report; its content for whoever knows the last four digits of its phone."""

    permission_classes = (AllowAny,)
    throttle_classes = (FollowThrottle, DigitsThrottle)

    @extend_schema(
        operation_id="report_follow",
        summary="查询诉求进度 (ask after a report)",
        request=DigitsSerializer,
        responses={
            200: FollowedSerializer,
            400: ProblemsSerializer,
            404: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )
    def post(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        fields = FieldReader(request.data, ("digits",))
        digits = read_digits(fields)
        fields.refuse()
        return _told(find_report(number, digits))

    @extend_schema(
        operation_id="report_progress",
        summary="查询诉求进度，只凭编号 (by its number alone, where no phone was left)",
        responses={200: FollowedSerializer, 404: ProblemsSerializer, 429: ProblemsSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        check_query(request, frozenset())
        return _told(find_report(number, ""))


def read_digits(fields: FieldReader) -> str:
    """The four digits, blank when none are given; what is no digits is noted."""
    digits = fields.text("digits", most=10)
    if digits and not _DIGITS.fullmatch(digits):
        zh, en = "应为手机号的后四位数字。", "Must be the last four digits of the phone."
        fields.note("digits", "not_digits", zh, en)
    return digits


def find_report(number: str, digits: str) -> Followed:
    """The report for whoever knows its digits. Raises `Refused` (404) without saying which is
    wrong.
    """
    found = follow(number, digits)
    if found is None:
        zh = "没有这个编号，或后四位不对。"
        en = "There is no such number, or the digits are others."
        raise refuse("digits", "no_match", zh, en, status_code=404)
    return found


def _told(found: Followed) -> Response:
    response = Response(tell_followed(found))
    response["Cache-Control"] = "no-store"
    return response


class FollowPhotoView(APIView):
    """A picture of a report that was opened a short while ago."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="report_photo",
        summary="诉求照片 (a picture of a report that was opened)",
        parameters=[query("pass", "见 photos[].url (as told)", required=True)],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, 404: ProblemsSerializer},
    )
    def get(self, request: Request, number: str, photo: UUID) -> FileResponse:
        check_query(request, frozenset({"pass"}))
        found = photo_by_pass(number, photo, request.query_params.get("pass", ""))
        if found is None:
            raise Http404
        return send_picture(found)


def tell_followed(found: Followed) -> dict[str, Any]:
    """State and times; what was sent, answered and asked only when it is open."""
    report = found.report
    word = make_pass(report) if found.is_open else ""
    told: dict[str, Any] = {
        "number": report.number,
        "state": found.case.state,
        "time_zone": report.incident.place.time_zone,
        "is_open": found.is_open,
        "timeline": [_step(step, report, word) for step in found.steps],
    }
    if not found.is_open:
        return told
    is_merged = found.case.pk != report.incident_id
    return {
        **told,
        **_content(report, word),
        "handled_in": found.case.number if is_merged else None,
        "survey": {"is_open": found.survey.is_open, "score": found.survey.score},
    }


def _step(step: Step, report: Report, word: str) -> dict[str, Any]:
    """A step; `word` opens what was said with it."""
    told: dict[str, Any] = {"at": step.at, "event": step.event}
    if step.unit:
        told["unit"] = step.unit
    if step.reason:
        told["reason"] = step.reason
    if word and step.words:
        told["words"] = step.words
    if word and step.photos:
        told["photos"] = [_photo(photo, report, word) for photo in step.photos]
    return told


def _photo(photo: Attachment, report: Report, word: str) -> dict[str, Any]:
    url = reverse("incidents:follow_photo", args=[report.number, photo.pk])
    return {
        "id": str(photo.pk),
        "url": f"{url}?pass={word}",
        "width": photo.width,
        "height": photo.height,
    }


def _content(report: Report, word: str) -> dict[str, Any]:
    attribution = first_attribution(report)
    grid = attribution.grid if attribution else None
    region = grid.region if grid else None
    category = report.category
    return {
        "incident": report.incident.number,
        "kind": report.kind,
        "category": {"code": category.code, "name": category.name_in(get_language())}
        if category
        else None,
        "description": report.description,
        "address": report.address,
        "occurred_at": report.occurred_at,
        "grid": {"code": grid.code, "name": grid.name} if grid else None,
        "community": {"code": region.code, "name": region.name} if region else None,
        "photos": [
            _photo(photo, report, word) for photo in report.photos.order_by("created_at", "pk")
        ],
    }
