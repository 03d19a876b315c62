"""`/api/v1/patrols/spots` and its files: what is visited on a rhythm, and what is due."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.languages import in_language
from gis.api.pagination import PAGE_PARAMETERS, CountedPagination
from gis.api.problems import refuse
from gis.api.query import bounding_box, check_query, whole_number
from grids.api.schemas import BBOX, PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import Place
from patrols.api.schemas import PatrolSpotSerializer
from patrols.choices import SpotState
from patrols.models import Spot, SpotType
from patrols.register.exports import as_csv, as_xlsx
from patrols.selectors.routes import stops_of
from patrols.selectors.spots import SpotDue, dues

__all__ = ["SpotsCsvView", "SpotsView", "SpotsXlsxView", "type_name"]

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KNOWN = frozenset({"grid", "state", "type", "bbox", "place"})
_PARAMETERS = [
    query("grid", "网格代码 (code of a grid)"),
    query("state", "是否到期 (by its rhythm)", enum=SpotState.values),
    query("type", "类型编号 (id of a type)", int),
    BBOX,
    PLACE,
]
_REFUSED = {400: ProblemsSerializer, 401: ProblemsSerializer, 404: ProblemsSerializer}


class _Spots(APIView):
    permission_classes = (IsAuthenticated,)
    known = _KNOWN

    def asked(self, request: Request) -> tuple[QuerySet[Spot], Place, str]:
        """What is asked of the viewer's own ground, its place, and a state. Raises `Refused`."""
        check_query(request, self.known)
        asked = request.query_params
        place = ScopeReader(request.user).require_place(asked.get("place", ""))
        spots = Spot.objects.on_ground_of(request.user).filter(place=place)
        if asked.get("grid"):
            spots = spots.filter(grid_code=asked["grid"]) if _sound(asked["grid"]) else spots.none()
        if asked.get("type"):
            number = whole_number(asked["type"], "type", at_least=1, at_most=10**12)
            spots = spots.filter(type=number)
        if asked.get("bbox"):
            spots = spots.filter(position__bboverlaps=bounding_box(asked["bbox"]))
        state = asked.get("state", "")
        if state and state not in SpotState.values:
            names = "、".join(SpotState.values)
            raise refuse("state", "unknown_choice", f"可用：{names}。", f"Use one of: {names}.")
        return spots.order_by("grid_code", "name", "pk"), place, state

    def rows(self, request: Request) -> list[SpotDue]:
        """All that is asked, by grid and name. Raises `Refused`."""
        spots, place, state = self.asked(request)
        return [one for one in dues(spots, place, timezone.now()) if state in ("", one.state)]


class SpotsView(_Spots):
    """The spots of one's own ground, by grid and name, in pages."""

    known = _KNOWN | PAGE_PARAMETERS
    pagination_class = CountedPagination

    @extend_schema(
        operation_id="patrol_spots",
        summary="巡查点与走访台账 (what is visited on a rhythm, and what is due)",
        parameters=_PARAMETERS,
        responses={200: PatrolSpotSerializer(many=True), **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        spots, place, state = self.asked(request)
        if state:
            # What is due follows from the visits of all.
            found = pages.paginate_queryset(self.rows(request), request, self)
        else:
            page = pages.paginate_queryset(spots, request, self)
            here = Spot.objects.filter(pk__in=[spot.pk for spot in page])
            found = dues(here, place, timezone.now())
        return pages.get_paginated_response([tell_spot(one) for one in found])


class SpotsCsvView(_Spots):
    """The same as a CSV that `import_spots` reads again."""

    @extend_schema(
        operation_id="patrol_spots_csv",
        summary="走访台账，CSV (the register as CSV)",
        parameters=_PARAMETERS,
        responses={(200, "text/csv"): str, **_REFUSED},
    )
    def get(self, request: Request) -> HttpResponse:
        rows = self.rows(request)
        return _file(as_csv(rows, stops_of(rows)), "text/csv; charset=utf-8", "spots.csv")


class SpotsXlsxView(_Spots):
    """The same as a workbook."""

    @extend_schema(
        operation_id="patrol_spots_xlsx",
        summary="走访台账，工作簿 (the register as a workbook)",
        parameters=_PARAMETERS,
        responses={(200, WORKBOOK): bytes, **_REFUSED},
    )
    def get(self, request: Request) -> HttpResponse:
        rows = self.rows(request)
        return _file(as_xlsx(rows, stops_of(rows)), WORKBOOK, "spots.xlsx")


def tell_spot(one: SpotDue) -> dict[str, Any]:
    """A spot as JSON, times with their offset."""
    spot = one.spot
    return {
        "id": spot.pk,
        "type": spot.type_id,
        "type_name": type_name(spot.type),
        "is_patrol_point": spot.type.is_patrol_point,
        "name": spot.name,
        "address": spot.address,
        "lon": spot.position.x,
        "lat": spot.position.y,
        "grid": spot.grid_code,
        "radius_m": spot.type.radius_m,
        "every_days": one.every_days,
        "last_visit_at": one.last.at if one.last else None,
        "last_is_here": one.last.is_here if one.last else None,
        "last_dwell_s": one.last.dwell_s if one.last else None,
        "last_photos": one.last.photos if one.last else 0,
        "due_at": one.due_at,
        "state": str(one.state),
    }


def type_name(kind: SpotType) -> str:
    """The name of a type in the language of the request, Chinese unless it has an English one."""
    return in_language(kind.name, kind.name_en)


def _sound(code: str) -> bool:
    return len(code) <= 32 and "\0" not in code


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
