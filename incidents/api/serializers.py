"""What the API tells of cases."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis.api.geojson import ExactGeometryField
from grids.api.serializers import NamedSerializer
from grids.models import Grid
from incidents.models import Incident

Pair = dict[str, str] | None


class IncidentSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A case; its grid and community are those of the edition that was asked for."""

    id = serializers.CharField(source="number")
    position = ExactGeometryField()
    category = serializers.SerializerMethodField()
    edition = serializers.SerializerMethodField()
    grid = serializers.SerializerMethodField()
    community = serializers.SerializerMethodField()

    class Meta:
        model = Incident
        geo_field = "position"
        id_field = "id"
        fields: ClassVar[list[str]] = [
            "id", "number", "kind", "category", "state", "edition", "grid", "community",
            "provisional", "occurred_at", "received_at", "is_simulated", "position",
        ]  # fmt: skip

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_category(self, incident: Incident) -> Pair:
        category = incident.category
        if category is None:
            return None
        return {"code": category.code, "name": category.name_in(self.context["language"])}

    @extend_schema_field(serializers.CharField())
    def get_edition(self, _incident: Incident) -> str:
        return str(self.context["edition"])

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_grid(self, incident: Any) -> Pair:
        grid = self._grid(incident)
        return {"code": grid.code, "name": grid.name} if grid else None

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_community(self, incident: Any) -> Pair:
        grid = self._grid(incident)
        region = grid.region if grid else None
        return {"code": region.code, "name": region.name} if region else None

    def _grid(self, incident: Any) -> Grid | None:
        grids: dict[int, Grid] = self.context["grids"]
        return grids.get(incident.told_grid)
