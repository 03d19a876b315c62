"""What the API tells of territory. Coordinates are WGS-84 degrees, x then y, in full."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis.api.geojson import ExactGeometryField
from grids.choices import RegionLevel
from grids.models import Edition, Grid, Lineage, Region, Station, StationService

Pair = dict[str, str] | None


class NamedSerializer(serializers.Serializer[Any]):
    """A code and its name."""

    code = serializers.CharField()
    name = serializers.CharField()


class GridSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A grid; `lon`, `lat` say where its label stands."""

    id = serializers.CharField(source="code")
    geometry = ExactGeometryField()
    edition = serializers.CharField(source="edition.name")
    community = serializers.SerializerMethodField()
    subdistrict = serializers.SerializerMethodField()
    lon = serializers.FloatField(source="label.x")
    lat = serializers.FloatField(source="label.y")

    class Meta:
        model = Grid
        geo_field = "geometry"
        id_field = "id"
        fields: ClassVar[list[str]] = [
            "id", "code", "name", "kind", "edition", "community", "subdistrict",
            "area_m2", "households", "people", "lon", "lat", "geometry",
        ]  # fmt: skip

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_community(self, grid: Grid) -> Pair:
        region = grid.region
        return _pair(region) if region and region.level == RegionLevel.COMMUNITY else None

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_subdistrict(self, grid: Grid) -> Pair:
        region = grid.region
        if region is None or region.level == RegionLevel.SUBDISTRICT:
            return _pair(region)
        return _pair(region.parent)


class RegionSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A subdistrict or community; `identity` is the same through all editions."""

    id = serializers.CharField(source="code")
    geometry = ExactGeometryField()
    edition = serializers.CharField(source="edition.name")
    parent = serializers.SerializerMethodField()

    class Meta:
        model = Region
        geo_field = "geometry"
        id_field = "id"
        fields: ClassVar[list[str]] = [
            "id", "code", "name", "level", "edition", "parent", "identity", "area_m2", "geometry",
        ]  # fmt: skip

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_parent(self, region: Region) -> Pair:
        return _pair(region.parent)


class ServiceSerializer(serializers.ModelSerializer[StationService]):
    """A service that a station offers."""

    class Meta:
        model = StationService
        fields: ClassVar[list[str]] = ["code", "name", "name_en"]


class StationSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A party service station."""

    id = serializers.CharField(source="code")
    position = ExactGeometryField()
    services = ServiceSerializer(many=True)

    class Meta:
        model = Station
        geo_field = "position"
        id_field = "id"
        fields: ClassVar[list[str]] = [
            "id", "code", "name", "level", "address", "services", "position",
        ]  # fmt: skip


class EditionSerializer(serializers.ModelSerializer[Edition]):
    """A division of a place; `until` is null while nothing has replaced it."""

    place = serializers.CharField(source="place.code")
    since = serializers.DateTimeField(source="in_force.lower", allow_null=True)
    until = serializers.DateTimeField(source="in_force.upper", allow_null=True)
    grids = serializers.IntegerField(source="grid_count")

    class Meta:
        model = Edition
        fields: ClassVar[list[str]] = [
            "name", "place", "state", "since", "until", "grids", "source", "digest",
        ]  # fmt: skip


class LineageSerializer(serializers.ModelSerializer[Lineage]):
    """What became of a grid; shares are 0–1, `new` is null for one that was retired."""

    old = NamedSerializer()
    new = NamedSerializer(allow_null=True)

    class Meta:
        model = Lineage
        fields: ClassVar[list[str]] = [
            "old", "new", "relation", "area_share_of_old", "area_share_of_new",
            "people_share_of_old", "people_share_of_new", "cases_share_of_old",
            "cases_share_of_new",
        ]  # fmt: skip


def _pair(region: Region | None) -> Pair:
    return None if region is None else {"code": region.code, "name": region.name}
