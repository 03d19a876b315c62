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


class OutlineSerializer(serializers.Serializer[Any]):
    """A grid or a station with its geometry, GeoJSON in WGS-84."""

    code = serializers.CharField()
    name = serializers.CharField()
    geometry = serializers.DictField()


class StationOutlineSerializer(OutlineSerializer):
    """A station also has a level."""

    level = serializers.CharField()


class MineSerializer(serializers.Serializer[Any]):
    """The ground of the worker who asks; `at` is the server's clock."""

    at = serializers.DateTimeField()
    worker = serializers.DictField(child=serializers.CharField())
    role = serializers.CharField()
    place = serializers.DictField(child=serializers.CharField())
    edition = serializers.CharField()
    attribution = serializers.CharField(allow_blank=True)
    review_number = serializers.CharField(allow_blank=True)
    notice = serializers.CharField(allow_blank=True)
    grids = OutlineSerializer(many=True)
    neighbours = OutlineSerializer(many=True)
    stations = StationOutlineSerializer(many=True)
