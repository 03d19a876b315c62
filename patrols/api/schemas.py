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


class ShiftSerializer(serializers.Serializer[Any]):
    """A shift: by the phone's clock, and when we were told."""

    id = serializers.IntegerField(read_only=True)
    device = serializers.CharField(max_length=40)
    started_at = serializers.DateTimeField(required=False)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    received_at = serializers.DateTimeField(read_only=True)
    end_received_at = serializers.DateTimeField(read_only=True, allow_null=True)


class ShiftEndSerializer(serializers.Serializer[Any]):
    """When a shift ended; now without it."""

    ended_at = serializers.DateTimeField(required=False)
