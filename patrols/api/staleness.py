"""`/api/v1/patrols/staleness`: how long since a recorded track came near, place by place."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import refuse
from gis.api.query import check_query
from grids.api.schemas import PLACE, ProblemsSerializer, query
from grids.api.scopes import ScopeReader
from grids.models import Grid
from patrols.querysets import ground_of
from patrols.selectors.staleness import stale_areas

__all__ = ["StalenessView"]


class StalenessSerializer(serializers.Serializer[Any]):
    """A GeoJSON FeatureCollection, a feature for each class that the grid has."""

    type = serializers.CharField()
    grid = serializers.CharField()
    features = serializers.ListField(child=serializers.DictField())


class StalenessView(APIView):
    """Of one grid of the viewer's own ground, by the edition in force."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_staleness",
        summary="多久没有巡查记录 (how long since a recorded track came near)",
        parameters=[query("grid", "网格代码 (code of a grid)", required=True), PLACE],
        responses={
            200: StalenessSerializer,
            **dict.fromkeys((400, 401, 404), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"grid", "place"}))
        code = request.query_params.get("grid", "")
        if not code:
            raise refuse("grid", "required", "必须提供。", "This field is required.")
        place = request.query_params.get("place", "")
        edition = ScopeReader(request.user).require(place, "").edition
        mine = Grid.objects.of(edition).filter(ground_of(request.user))
        grid = mine.filter(code=code).first() if len(code) <= 32 and "\0" not in code else None
        if grid is None:
            zh, en = "没有这个网格，或不在您的辖区。", "No such grid, or not on your ground."
            raise refuse("grid", "unknown_grid", zh, en, status_code=404)
        grid.edition = edition
        features = [
            {
                "type": "Feature",
                "geometry": one["geometry"],
                "properties": {"class": one["class"], "share": round(one["share"], 4)},
            }
            for one in stale_areas(grid, timezone.now())
        ]
        return Response({"type": "FeatureCollection", "grid": code, "features": features})
