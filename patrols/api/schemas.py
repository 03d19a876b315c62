"""Shapes for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from grids.api.schemas import DATUMS
from patrols.choices import AlertKind, Closing, DatumCode, Refusal, SpotState, TrackStage


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
    fixes = serializers.IntegerField(help_text="记录的点数 (positions recorded)")
    marked = serializers.DictField(
        child=serializers.IntegerField(), help_text="被过滤的点数 (left out, by reason)"
    )
    kept = serializers.ChoiceField(
        ["all", *TrackStage.values], help_text="还保存着什么 (what is kept of it)"
    )
    error_m = serializers.FloatField(help_text="好点离轨迹至多几米 (no fix was farther)")
    step_s = serializers.IntegerField(help_text="时间精确到几秒，0 为如实 (exact to)")
    features = serializers.ListField(child=serializers.DictField())
    visits = serializers.ListField(
        child=serializers.DictField(), help_text="当日走访 (the visits of the day)"
    )


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


class ShiftSerializer(serializers.Serializer[Any]):
    """A shift: by the phone's clock, and when we were told."""

    id = serializers.IntegerField(read_only=True)
    device = serializers.CharField(max_length=40)
    started_at = serializers.DateTimeField(required=False)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    received_at = serializers.DateTimeField(read_only=True)
    end_received_at = serializers.DateTimeField(read_only=True, allow_null=True)
    clock_offset_s = serializers.IntegerField(
        required=False, write_only=True,
        help_text="手机已对时钟作的校正，秒 (by how much the phone put its clock right)",
    )  # fmt: skip


class ShiftEndSerializer(serializers.Serializer[Any]):
    """When a shift ended; now without it."""

    ended_at = serializers.DateTimeField(required=False)
    clock_offset_s = serializers.IntegerField(
        required=False, write_only=True,
        help_text="手机已对时钟作的校正，秒 (by how much the phone put its clock right)",
    )  # fmt: skip


class FixSerializer(serializers.Serializer[Any]):
    """A position as a phone sends it."""

    device = serializers.CharField(max_length=40)
    sequence = serializers.IntegerField(min_value=0)
    time = serializers.DateTimeField(help_text="带时区的 ISO 8601，或 Unix 秒 (or epoch seconds)")
    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    datum = serializers.ChoiceField(DatumCode.labels)
    accuracy_m = serializers.FloatField(min_value=0, max_value=1e6, allow_null=True)
    speed = serializers.FloatField(min_value=0, required=False, allow_null=True, help_text="m/s")
    heading = serializers.FloatField(
        min_value=0, max_value=360, required=False, allow_null=True, help_text="°"
    )
    battery = serializers.FloatField(
        min_value=0, max_value=100, required=False, allow_null=True, help_text="%"
    )


class RefusedFixSerializer(serializers.Serializer[Any]):
    """A position that was not kept, and why."""

    sequence = serializers.IntegerField(allow_null=True)
    reason = serializers.ChoiceField(Refusal.values)
    row = serializers.IntegerField(help_text="列表中的位置，自 0 起 (place in the list)")
    detail = serializers.CharField(required=False)


class FixesAnswerSerializer(serializers.Serializer[Any]):
    """What became of a list of positions."""

    stored = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    refused = RefusedFixSerializer(many=True)


class FilteredSerializer(serializers.Serializer[Any]):
    """What came in on a day, and what of it was refused or marked, by reason."""

    date = serializers.DateField()
    sent = serializers.IntegerField()
    stored = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    refused = serializers.DictField(child=serializers.IntegerField())
    flagged = serializers.DictField(child=serializers.IntegerField())


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
    last_dwell_s = serializers.IntegerField(allow_null=True)
    last_photos = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=SpotState.values)


class StopSerializer(serializers.Serializer[Any]):
    """A place on a route, due by the rhythm of the route."""

    order = serializers.IntegerField()
    spot = serializers.IntegerField()
    name = serializers.CharField()
    last_visit_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=SpotState.values)


class RouteSerializer(serializers.Serializer[Any]):
    """A route, and how far it has been walked: the stops that are not due."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    every_days = serializers.IntegerField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=SpotState.values)
    stops = StopSerializer(many=True)


class NewVisitSerializer(serializers.Serializer[Any]):
    """A visit as a worker's phone tells it."""

    spot = serializers.IntegerField()
    at = serializers.DateTimeField(required=False, help_text="最多 7 天前 (at most 7 days ago)")
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    datum = serializers.ChoiceField(choices=DATUMS)
    accuracy_m = serializers.FloatField(required=False)
    note = serializers.CharField(required=False, max_length=500)
    photos = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=4,
        help_text="先上传到 photos (sent to photos before)",
    )  # fmt: skip
    clock_offset_s = serializers.IntegerField(
        required=False, write_only=True,
        help_text="手机已对时钟作的校正，秒 (by how much the phone put its clock right)",
    )  # fmt: skip


class VisitedSerializer(serializers.Serializer[Any]):
    """What was kept, and when the place is due next."""

    id = serializers.UUIDField()
    spot = serializers.IntegerField()
    at = serializers.DateTimeField()
    is_here = serializers.BooleanField()
    distance_m = serializers.FloatField()
    due_at = serializers.DateTimeField()


class VisitPhotoSerializer(serializers.Serializer[Any]):
    """A picture of a visit; its file is at `photos/{id}`."""

    id = serializers.UUIDField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class VisitSerializer(serializers.Serializer[Any]):
    """A visit of the past."""

    id = serializers.UUIDField()
    spot = serializers.IntegerField()
    worker = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    is_here = serializers.BooleanField()
    distance_m = serializers.FloatField()
    dwell_s = serializers.IntegerField(
        allow_null=True, help_text="轨迹记录的停留 (the stay that the track recorded)"
    )
    clock_offset_s = serializers.IntegerField()
    note = serializers.CharField()
    photos = VisitPhotoSerializer(many=True)


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
    alerts = serializers.ListField(
        child=serializers.DictField(), help_text="kind, opened_at, facts：关于本人的未结束提醒"
    )


class AlertSerializer(serializers.Serializer[Any]):
    """Something to look at; `facts` is what it rests on."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AlertKind.values)
    worker = serializers.CharField(help_text="用户名 (user name)")
    name = serializers.CharField()
    grid = serializers.CharField()
    grid_name = serializers.CharField()
    opened_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closing = serializers.ChoiceField(choices=Closing.values, allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    facts = serializers.DictField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class AcknowledgeSerializer(serializers.Serializer[Any]):
    """What was done, or why nothing need be."""

    note = serializers.CharField(max_length=500)


class AcknowledgedSerializer(serializers.Serializer[Any]):
    """Nothing of a person: it is kept as the answer to a key."""

    id = serializers.IntegerField()
    acknowledged_at = serializers.DateTimeField()
