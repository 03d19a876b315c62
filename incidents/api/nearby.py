"""`GET /api/v1/reports/nearby` and `GET /api/v1/addresses`: what a resident asks before sending."""

from collections.abc import Container
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import refuse
from gis.api.query import check_query
from gis.api.throttling import LookupThrottle
from grids.api.locate import tell
from grids.api.points import PointReader
from grids.api.schemas import DATUMS, PLACE, ProblemsSerializer, query
from grids.selectors.gazetteer import LONGEST_ADDRESS, Found, find_address
from grids.selectors.locating import in_wgs84
from incidents.api.reading import IntakeScopes
from incidents.api.schemas import AddressSerializer, SimilarSerializer
from incidents.choices import Kind
from incidents.models import Incident
from incidents.selectors import categories_at
from incidents.similar import Similar, similar_cases

_POINT = ("lon", "lat", "datum", "place")


class NearbyView(APIView):
    """Open cases like the one about to be reported, so that it need not be reported again."""

    permission_classes = (AllowAny,)
    throttle_classes = (LookupThrottle,)

    @extend_schema(
        operation_id="reports_nearby",
        summary="附近的同类诉求 (open cases nearby)",
        parameters=[
            query("lon", "经度 (longitude)", float, required=True),
            query("lat", "纬度 (latitude)", float, required=True),
            query("datum", "坐标系 (datum)", enum=DATUMS, required=True),
            query("category", "类别代码 (code of a category)"),
            query("kind", "类型 (kind)", enum=Kind.values),
            PLACE,
        ],
        responses={
            200: SimilarSerializer(many=True),
            400: ProblemsSerializer,
            404: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({*_POINT, "category", "kind"}))
        asked = request.query_params.dict()
        now = timezone.now()
        category, kind = asked.get("category", ""), asked.get("kind", "")
        if kind and kind not in Kind.values:
            names = ", ".join(Kind.values)
            raise refuse("kind", "unknown_choice", f"可用：{names}。", f"Use one of {names}.")
        if category and not categories_at(now).filter(code=category[:40]).exists():
            zh, en = "没有这个类别，见 /api/v1/categories。", "Unknown: see /api/v1/categories."
            raise refuse("category", "unknown_category", zh, en)
        points = PointReader(IntakeScopes(request.user))
        point = points.read_query({name: asked[name] for name in _POINT if name in asked})
        (lon,), (lat,) = in_wgs84([point.position])
        found = similar_cases(
            place=point.scope.place, lon=lon, lat=lat, now=now, category=category, kind=kind
        )
        numbers = [one.number for one in found]
        mine = Incident.objects.for_user(request.user).filter(number__in=numbers)
        seen = set(mine.values_list("number", flat=True)) if numbers else set()
        return Response([tell_similar(one, get_language(), seen) for one in found])


def tell_similar(one: Similar, language: str | None, seen: Container[str]) -> dict[str, Any]:
    """Never words, pictures, persons or positions; the number to those who may see the case."""
    named = one.category
    numbered = {"incident": one.number} if one.number in seen else {}
    return {
        **numbered,
        "category": {"code": named.code, "name": named.name_in(language)} if named else None,
        "kind": one.kind,
        "distance_m": one.distance_m,
        "age_days": one.age_days,
        "state": one.state,
        "reports": one.reports,
    }


class AddressView(APIView):
    """Where an address in words lies, and how sure that is."""

    permission_classes = (AllowAny,)
    throttle_classes = (LookupThrottle,)

    @extend_schema(
        operation_id="addresses",
        summary="地址在哪里 (where an address lies)",
        parameters=[query("address", "地址，最多 200 字 (in words)", required=True), PLACE],
        responses={
            200: AddressSerializer,
            400: ProblemsSerializer,
            404: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"address", "place"}))
        address = request.query_params.get("address", "").strip()
        if not address:
            raise refuse("address", "required", "必须提供。", "This field is required.")
        if len(address) > LONGEST_ADDRESS:
            zh, en = f"最多 {LONGEST_ADDRESS} 个字符。", f"At most {LONGEST_ADDRESS} characters."
            raise refuse("address", "too_long", zh, en)
        scope = IntakeScopes(request.user).require(request.query_params.get("place", ""), "")
        found = find_address(address, scope.edition)
        shown = bool(settings.PUBLIC_READS or request.user.is_authenticated)
        return Response(tell_found(found, with_position=shown))


def tell_found(found: Found | None, *, with_position: bool) -> dict[str, Any]:
    """The name that was read, its grid and the certainty; its spot where territory is public."""
    if found is None:
        return {"matched": None, "certainty": 0.0, "is_sure": False, "grid": None}
    match = found.match
    told = tell(found.located, signed_in=False)
    answer = {
        "matched": {"name": match.name, "kind": match.kind.value},
        "certainty": found.certainty,
        "is_sure": found.is_sure,
        **{name: told[name] for name in ("grid", "community", "subdistrict")},
    }
    if with_position:
        answer["position"] = {"lon": match.lon, "lat": match.lat, "accuracy_m": match.accuracy_m}
    return answer
