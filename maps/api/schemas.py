"""Shapes for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from grids.api.serializers import NamedSerializer
from incidents.choices import Kind


class FigureSerializer(serializers.Serializer[Any]):
    """A count, and the query of the list that holds just these cases."""

    code = serializers.CharField()
    count = serializers.IntegerField()
    list = serializers.CharField(help_text="/api/v1/incidents?… 与 /cases/?… 同此 (the same)")


class NamedFigureSerializer(FigureSerializer):
    """The same, with a name."""

    name = serializers.CharField()


class NewestSerializer(serializers.Serializer[Any]):
    """One of the newest cases."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)
    category = serializers.CharField(allow_null=True)
    grid = NamedSerializer(allow_null=True)
    community = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    received_at = serializers.DateTimeField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    is_simulated = serializers.BooleanField()


class WallSerializer(serializers.Serializer[Any]):
    """The figures of a day up to a moment."""

    at = serializers.DateTimeField()
    is_now = serializers.BooleanField()
    day = serializers.DateField()
    time_zone = serializers.CharField()
    edition = serializers.CharField()
    received = FigureSerializer()
    before = FigureSerializer(help_text="上周同日同时 (the same weekday and time a week before)")
    kinds = FigureSerializer(many=True)
    categories = NamedFigureSerializer(many=True)
    subdistricts = NamedFigureSerializer(many=True)
    unplaced = FigureSerializer()
    provisional = FigureSerializer()
    states = FigureSerializer(many=True, help_text="只在现在 (now only)")
    due = FigureSerializer(many=True, help_text="只在现在 (now only)")
    bin_minutes = serializers.IntegerField()
    bins = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    bins_before = serializers.ListField(child=serializers.IntegerField())
    grids = serializers.DictField(child=serializers.IntegerField())
    newest = NewestSerializer(many=True)


class DaysSerializer(serializers.Serializer[Any]):
    """Cases of each day from `first` on."""

    first = serializers.DateField()
    counts = serializers.ListField(child=serializers.IntegerField())
    earlier = serializers.DateField(allow_null=True)
    later = serializers.DateField(allow_null=True)


class DensitySerializer(serializers.Serializer[Any]):
    """Classes 0 to 5 as a grey PNG in base64, north first, square pixels of web Mercator."""

    count = serializers.IntegerField()
    positions = serializers.IntegerField()
    bandwidth_m = serializers.IntegerField()
    unit = serializers.CharField()
    box = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    edges = serializers.ListField(child=serializers.FloatField())
    image = serializers.CharField(allow_null=True)


class SubdistrictCoverSerializer(serializers.Serializer[Any]):
    """Grids of a subdistrict, and those of them in which a position was recorded."""

    code = serializers.CharField()
    name = serializers.CharField()
    grids = serializers.IntegerField()
    seen = serializers.IntegerField()


class GridCoverSerializer(serializers.Serializer[Any]):
    """The share of a grid within `within_m` of a track, and the positions recorded in it."""

    grid = serializers.CharField()
    share = serializers.FloatField(min_value=0, max_value=1)
    quality = serializers.FloatField(
        allow_null=True, help_text="精度可靠的比例 (share of exact fixes)"
    )
    fixes = serializers.IntegerField()


class CoveredSerializer(serializers.Serializer[Any]):
    """What patrols have seen; `image` is a grey PNG in base64, north first: 0 not recorded."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    window = serializers.CharField()
    within_m = serializers.IntegerField()
    seen = serializers.IntegerField()
    total = serializers.IntegerField()
    on_duty = serializers.IntegerField()
    error_m = serializers.FloatField(allow_null=True)
    subdistricts = SubdistrictCoverSerializer(many=True)
    grids = GridCoverSerializer(many=True)
    box = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    image = serializers.CharField(allow_null=True)


class GridCountSerializer(serializers.Serializer[Any]):
    """Cases of a grid, and for 1,000 people."""

    grid = serializers.CharField()
    count = serializers.IntegerField()
    people = serializers.IntegerField(allow_null=True)
    rate = serializers.FloatField(allow_null=True)


class EdgesSerializer(serializers.Serializer[Any]):
    """Where the classes of a choropleth begin."""

    count = serializers.ListField(child=serializers.FloatField())
    rate = serializers.ListField(child=serializers.FloatField())


class GridCountsSerializer(serializers.Serializer[Any]):
    """Cases by grid."""

    edition = serializers.CharField()
    count = serializers.IntegerField()
    nowhere = serializers.IntegerField()
    grids = GridCountSerializer(many=True)
    edges = EdgesSerializer()


class ClearancePartSerializer(serializers.Serializer[Any]):
    """How many cases a part holds, and the page that lists just these."""

    count = serializers.IntegerField()
    list = serializers.CharField()


class ClearanceRowSerializer(serializers.Serializer[Any]):
    """How a unit, a level, a subdistrict or the whole stands on the day."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    is_unit = serializers.BooleanField()
    came = serializers.IntegerField()
    due = serializers.IntegerField()
    is_late = serializers.IntegerField()
    parts = serializers.DictField(child=ClearancePartSerializer())


class ClearanceLineSerializer(serializers.Serializer[Any]):
    """A case that the day left open, with whom it lies at the moment and since when."""

    incident = serializers.CharField()
    part = serializers.ChoiceField(choices=("waiting", "overdue", "to_come"))
    holder = NamedSerializer(allow_null=True, help_text="空：已了结 (null: done)")
    is_unit = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()


class ClearanceSerializer(serializers.Serializer[Any]):
    """The daily clearance board."""

    day = serializers.DateField()
    at = serializers.DateTimeField()
    is_over = serializers.BooleanField()
    by = serializers.ChoiceField(choices=("unit", "subdistrict"))
    total = ClearanceRowSerializer()
    rows = ClearanceRowSerializer(many=True)
    open = ClearanceLineSerializer(many=True)
