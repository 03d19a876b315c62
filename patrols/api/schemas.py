"""Shapes for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from grids.api.schemas import DATUMS
from patrols.choices import SpotState


class CoverageSerializer(serializers.Serializer[Any]):
    """What was seen of a grid."""

    grid = serializers.CharField()
    share = serializers.FloatField(min_value=0, max_value=1)
    quality = serializers.FloatField(min_value=0, max_value=1, allow_null=True)
    fixes = serializers.IntegerField(min_value=0)


class TrackSerializer(serializers.Serializer[Any]):
    """A worker's day as a GeoJSON FeatureCollection."""

    type = serializers.CharField()
    worker = serializers.CharField()
    date = serializers.DateField()
    fixes = serializers.IntegerField(help_text="画出的点数 (positions drawn)")
    marked = serializers.DictField(
        child=serializers.IntegerField(), help_text="被过滤的点数 (left out, by reason)"
    )
    features = serializers.ListField(child=serializers.DictField())


class PatrolSpotSerializer(serializers.Serializer[Any]):
    """A place that is visited on a rhythm, and when it is due."""

    id = serializers.IntegerField()
    type = serializers.IntegerField()
    type_name = serializers.CharField()
    is_patrol_point = serializers.BooleanField()
    name = serializers.CharField()
    address = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    grid = serializers.CharField()
    radius_m = serializers.IntegerField()
    every_days = serializers.IntegerField()
    last_visit_at = serializers.DateTimeField(allow_null=True)
    last_is_here = serializers.BooleanField(allow_null=True)
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=SpotState.values)


class NewVisitSerializer(serializers.Serializer[Any]):
    """A visit as a worker's phone tells it."""

    spot = serializers.IntegerField()
    at = serializers.DateTimeField(required=False, help_text="最多 7 天前 (at most 7 days ago)")
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    datum = serializers.ChoiceField(choices=DATUMS)
    accuracy_m = serializers.FloatField(required=False)
    note = serializers.CharField(required=False, max_length=500)


class VisitedSerializer(serializers.Serializer[Any]):
    """What was kept, and when the place is due next."""

    id = serializers.UUIDField()
    spot = serializers.IntegerField()
    at = serializers.DateTimeField()
    is_here = serializers.BooleanField()
    distance_m = serializers.FloatField()
    due_at = serializers.DateTimeField()


class VisitSerializer(serializers.Serializer[Any]):
    """A visit of the past."""

    id = serializers.UUIDField()
    spot = serializers.IntegerField()
    worker = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    is_here = serializers.BooleanField()
    distance_m = serializers.FloatField()
    note = serializers.CharField()
