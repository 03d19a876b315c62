"""`/api/v1/wall/staleness`: how long ago the ground was last recorded, now."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from grids.api.schemas import EDITION, PLACE, ProblemsSerializer
from maps.api.asking import read_scope
from maps.api.pictures import grey_png
from maps.wall.staleness import StaleGroup, stale_now
from patrols.selectors import CELL_M, CLASS_NAMES, complete_until


class GroupSerializer(serializers.Serializer[Any]):
    """Some grids together; shares of their area by class."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    grids = serializers.IntegerField()
    shares = serializers.DictField(child=serializers.FloatField())


class GridMedianSerializer(serializers.Serializer[Any]):
    """`median` is the class of the median of days since."""

    grid = serializers.CharField()
    median_days = serializers.IntegerField(allow_null=True)
    median = serializers.ChoiceField(choices=CLASS_NAMES)


class WallStalenessSerializer(serializers.Serializer[Any]):
    """`image` is a grey PNG in base64, north first: 0 not the viewer's ground, else 1 + the class.

    `corners` are lon, lat of its north-west, north-east, south-east and south-west corner.
    """

    at = serializers.DateTimeField()
    complete_until = serializers.DateTimeField()
    cell_m = serializers.FloatField()
    classes = serializers.ListField(child=serializers.CharField())
    whole = GroupSerializer()
    subdistricts = GroupSerializer(many=True)
    grids = GridMedianSerializer(many=True)
    corners = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), allow_null=True
    )
    image = serializers.CharField(allow_null=True)


class StalenessView(APIView):
    """Of the viewer's own ground; nobody and no track is in it."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="wall_staleness",
        summary="多久没有记录 (how long ago the ground was last recorded)",
        parameters=[PLACE, EDITION],
        responses={
            200: WallStalenessSerializer,
            **dict.fromkeys((400, 401, 404), ProblemsSerializer),
        },
    )
    def get(self, request: Request) -> Response:
        scope, now = read_scope(request), timezone.now()
        found = stale_now(scope.edition, request.user, now)
        picture = found.picture
        return Response(
            {
                "at": now,
                "complete_until": complete_until(now),
                "cell_m": CELL_M,
                "classes": CLASS_NAMES,
                "whole": _told(found.whole),
                "subdistricts": [_told(one) for one in found.subdistricts],
                "grids": [
                    {
                        "grid": row.grid_code,
                        "median_days": row.median_days,
                        "median": row.median_class,
                    }
                    for row in found.rows
                ],
                "corners": picture.corners if picture else None,
                "image": grey_png(picture.cells) if picture else None,
            }
        )


def _told(group: StaleGroup) -> dict[str, Any]:
    shares = zip(CLASS_NAMES, group.shares, strict=True)
    return {
        "code": group.code,
        "name": group.name,
        "grids": group.grids,
        "shares": {name: round(share, 4) for name, share in shares},
    }
