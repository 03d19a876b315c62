"""`/api/v1/locate`: a point, or a list of them, and the one grid each lies in."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.parsers import StrictJSONParser
from gis.api.permissions import PublicRead
from gis.api.query import check_query
from gis.api.throttling import LocateThrottle
from grids.api.points import FIELDS, Asked, PointReader
from grids.api.schemas import POINT, LocatedSerializer, PointSerializer, ProblemsSerializer
from grids.api.scopes import Scope, ScopeReader
from grids.selectors import Located, Named, locate


class PointListParser(StrictJSONParser):
    """Room for 10,000 points with every field at full precision."""

    max_bytes = 4 * 1024 * 1024


class LocateView(APIView):
    """Snap points to grids."""

    permission_classes = (PublicRead,)
    throttle_classes = (LocateThrottle,)
    parser_classes = (PointListParser,)

    @extend_schema(
        operation_id="locate",
        summary="这个点在哪个网格 (which grid is this point in)",
        parameters=POINT,
        responses={200: LocatedSerializer, 400: ProblemsSerializer, 404: ProblemsSerializer},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset(FIELDS))
        asked = PointReader(ScopeReader(request.user)).read_query(request.query_params.dict())
        return Response(answer(request, [asked])[0])

    @extend_schema(
        operation_id="locate_many",
        summary="一次最多 10,000 个点，按原顺序回答 (up to 10,000 points, answered in order)",
        request=PointSerializer(many=True),
        responses={200: LocatedSerializer(many=True), 400: ProblemsSerializer},
    )
    def post(self, request: Request) -> Response:
        check_query(request, frozenset())
        asked = PointReader(ScopeReader(request.user)).read_list(request.data)
        return Response(answer(request, asked))


def answer(request: Request, asked: list[Asked]) -> list[dict[str, Any]]:
    """Locate what was asked, edition by edition, and tell it in the order of asking."""
    signed_in = bool(request.user.is_authenticated)
    by_scope: dict[int, tuple[Scope, list[int]]] = {}
    for number, one in enumerate(asked):
        by_scope.setdefault(id(one.scope), (one.scope, []))[1].append(number)
    told: list[dict[str, Any]] = [{}] * len(asked)
    for scope, numbers in by_scope.values():
        positions = [asked[number].position for number in numbers]
        at = timezone.now() if signed_in else None
        for number, found in zip(
            numbers, locate(positions, scope.edition, answered_at=at), strict=True
        ):
            told[number] = tell(found, signed_in=signed_in)
    return told


def tell(found: Located, *, signed_in: bool) -> dict[str, Any]:
    """The contract's shape. Who answers and the converted position are for those who signed in."""
    told: dict[str, Any] = {
        "edition": found.edition,
        "grid": _named(found.grid),
        "community": _named(found.community),
        "subdistrict": _named(found.subdistrict),
        "method": found.method.value,
        "border_distance_m": found.border_distance_m and round(found.border_distance_m, 3),
        "provisional": found.provisional,
        "candidates": [{"grid": _named(grid), "share": share} for grid, share in found.candidates],
    }
    if signed_in and found.answer is not None:
        who = found.answer
        told["answers"] = {"name": who.name, "role": who.role, "why": who.why}
        told["position"] = {"lon": found.lon, "lat": found.lat}
    return told


def _named(named: Named | None) -> dict[str, str] | None:
    return None if named is None else {"code": named.code, "name": named.name}
