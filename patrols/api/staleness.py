"""`/api/v1/patrols/staleness` and below: how long since a record came near, place by place."""

from __future__ import annotations

from typing import Any, cast

import shapely
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
from grids.models import Grid, User
from patrols.querysets import ground_of
from patrols.selectors.mine import rounds_of
from patrols.selectors.recorded import complete_until
from patrols.selectors.staleness import CLASS_NAMES, StaleShares, stale_areas, stale_shares

__all__ = ["MyStalenessView", "StaleGridsView", "StalenessView", "tell_shares"]

# A tenth of a metre: cells are 50 m wide, and a phone pays for every digit.
PHONE_DECIMALS = 6


class StalenessSerializer(serializers.Serializer[Any]):
    """A GeoJSON FeatureCollection, a feature for each class that the grid has."""

    type = serializers.CharField()
    grid = serializers.CharField()
    features = serializers.ListField(child=serializers.DictField())


class SharesSerializer(serializers.Serializer[Any]):
    """A grid: shares of its area by class, and the median of local days since."""

    grid = serializers.CharField()
    name = serializers.CharField()
    shares = serializers.DictField(child=serializers.FloatField())
    median_days = serializers.IntegerField(allow_null=True)


class StaleGridsSerializer(serializers.Serializer[Any]):
    """`complete_until`: all that came in before it is counted."""

    at = serializers.DateTimeField()
    complete_until = serializers.DateTimeField()
    grids = SharesSerializer(many=True)


class MyGridSerializer(SharesSerializer):
    """With the ground of each class, GeoJSON geometries in WGS-84."""

    is_mine = serializers.BooleanField()
    ground = serializers.DictField(child=serializers.DictField())


class MyStalenessSerializer(StaleGridsSerializer):
    """The worker's grids first, then those around them."""

    grids = MyGridSerializer(many=True)


class StalenessView(APIView):
    """Of one grid of the viewer's own ground, by the edition in force."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_staleness",
        summary="多久没有巡查记录 (how long since a record came near)",
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


class StaleGridsView(APIView):
    """Every grid of the viewer's own ground, by code, as it is now."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_staleness_grids",
        summary="各网格多久没有巡查记录 (shares of each grid by days since a record)",
        parameters=[PLACE],
        responses={
            200: StaleGridsSerializer,
            **dict.fromkeys((400, 401, 404), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset({"place"}))
        edition = ScopeReader(request.user).require(request.query_params.get("place", ""), "")
        now = timezone.now()
        mine = Grid.objects.of(edition.edition).filter(ground_of(request.user))
        names = dict(mine.values_list("code", "name"))
        rows = stale_shares(edition.edition, now) if names else ()
        return Response(
            {
                "at": now,
                "complete_until": complete_until(now),
                "grids": [
                    {**tell_shares(row), "name": names[row.grid_code]}
                    for row in rows
                    if row.grid_code in names
                ],
            }
        )


class MyStalenessView(APIView):
    """For the phone of a worker: the cells of their grids and of those around."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="patrol_staleness_mine",
        summary="本人网格与邻格多久没有记录 (my grids and those around, by days since a record)",
        responses={
            200: MyStalenessSerializer,
            **dict.fromkeys((401, 403), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        now = timezone.now()
        rounds = rounds_of(cast(User, request.user), now)
        if rounds is None:
            zh, en = "您现在不是任何网格的网格员。", "You are the worker of no grid now."
            raise refuse(None, "no_grid", zh, en, status_code=403)
        shares = {row.grid_code: row for row in stale_shares(rounds.edition, now)}
        told = []
        for grid in (*rounds.grids, *rounds.neighbours):
            grid.edition = rounds.edition
            ground = {one["class"]: _shortened(one["geometry"]) for one in stale_areas(grid, now)}
            row = {**tell_shares(shares[grid.code]), "name": grid.name, "ground": ground}
            told.append({**row, "is_mine": grid in rounds.grids})
        return Response({"at": now, "complete_until": complete_until(now), "grids": told})


def tell_shares(row: StaleShares) -> dict[str, Any]:
    """As the API tells it: every class, also those of which there is nothing."""
    shares = zip(CLASS_NAMES, row.shares, strict=True)
    return {
        "grid": row.grid_code,
        "shares": {name: round(share, 4) for name, share in shares},
        "median_days": row.median_days,
    }


def _shortened(geometry: dict[str, Any]) -> dict[str, Any]:
    """The same with as many digits as a phone can show."""
    shape = shapely.geometry.shape(geometry)
    rounded = shapely.transform(shape, lambda degrees: degrees.round(PHONE_DECIMALS))
    return dict(shapely.geometry.mapping(rounded))
