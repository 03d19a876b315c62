"""Shapes for the OpenAPI document of what is not a model row."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from gis.kernel.datum import Datum
from gis.kernel.snap import SnapMethod
from grids.api.points import MOST_ACCURACY_M
from grids.api.serializers import NamedSerializer

DATUMS = [str(datum) for datum in Datum]
METHODS = [str(method) for method in SnapMethod]


class ProblemSerializer(serializers.Serializer[Any]):
    """One reason for a refusal."""

    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()
    message_en = serializers.CharField()


class ProblemsSerializer(serializers.Serializer[Any]):
    """Why a request was refused."""

    errors = ProblemSerializer(many=True)  # type: ignore[assignment]


class PointSerializer(serializers.Serializer[Any]):
    """A position in a declared datum."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    datum = serializers.ChoiceField(choices=DATUMS)
    accuracy_m = serializers.FloatField(
        min_value=0, max_value=MOST_ACCURACY_M, required=False, allow_null=True
    )
    edition = serializers.CharField(required=False, help_text="默认现行 (default: in force)")
    place = serializers.CharField(required=False)


class CandidateSerializer(serializers.Serializer[Any]):
    """A grid that the accuracy circle reaches, and its share of the circle."""

    grid = NamedSerializer()
    share = serializers.FloatField()


class AnswerSerializer(serializers.Serializer[Any]):
    """Who answers, in which role, and why."""

    name = serializers.CharField()
    role = serializers.CharField()
    why = serializers.CharField()


class LonLatSerializer(serializers.Serializer[Any]):
    """WGS-84 degrees."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()


class LocatedSerializer(serializers.Serializer[Any]):
    """Where a position lies."""

    edition = serializers.CharField()
    grid = NamedSerializer(allow_null=True)
    community = NamedSerializer(allow_null=True)
    subdistrict = NamedSerializer(allow_null=True)
    method = serializers.ChoiceField(choices=METHODS)
    border_distance_m = serializers.FloatField(allow_null=True)
    provisional = serializers.BooleanField()
    candidates = CandidateSerializer(many=True)
    answers = AnswerSerializer(required=False, help_text="登录用户 (signed in)")
    position = LonLatSerializer(required=False, help_text="登录用户 (signed in)")


class HeldGridSerializer(NamedSerializer):
    """A grid that somebody holds, and where its label stands."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()


class MeSerializer(serializers.Serializer[Any]):
    """Who is signed in."""

    username = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    grids = HeldGridSerializer(many=True)


class CredentialsSerializer(serializers.Serializer[Any]):
    """A user's name and password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    """A bearer token and its end."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


def query(name: str, description: str, kind: type = str, **more: Any) -> OpenApiParameter:
    """A query parameter."""
    return OpenApiParameter(name, kind, description=description, **more)


EDITION = query("edition", "版本，默认现行 (default: the one in force)")
PLACE = query("place", "地区代码，默认唯一或默认地区 (default: the only or default one)")
BBOX = query("bbox", "west,south,east,north，WGS-84")
POINT = [
    query("lon", "经度 (longitude)", float, required=True),
    query("lat", "纬度 (latitude)", float, required=True),
    query("datum", "坐标系 (datum)", enum=DATUMS, required=True),
    query("accuracy_m", "精度半径，米 (radius in metres)", float),
    EDITION,
    PLACE,
]
