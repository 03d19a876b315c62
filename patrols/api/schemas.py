"""Shapes for the OpenAPI document."""

from typing import Any

from rest_framework import serializers


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


class NearSerializer(serializers.Serializer[Any]):
    """A worker on duty and how far from the point they were."""

    worker = serializers.CharField(help_text="用户名 (user name)")
    distance_m = serializers.FloatField(min_value=0)
    seen_at = serializers.DateTimeField()


class PositionsSerializer(serializers.Serializer[Any]):
    """Workers on duty as a GeoJSON FeatureCollection of points."""

    type = serializers.CharField()
    features = serializers.ListField(
        child=serializers.DictField(),
        help_text="properties: worker (user name), seen_at, accuracy_m",
    )
