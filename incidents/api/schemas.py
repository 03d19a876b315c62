"""Shapes for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from grids.api.schemas import DATUMS, LocatedSerializer, LonLatSerializer
from grids.api.serializers import NamedSerializer
from incidents.api.schemas_desk import HiddenContactSerializer, LeadsSerializer
from incidents.choices import IncidentState, Kind, LimitUnit, Part, Placement, Step, Tier
from incidents.workflow.actions import Action


class LocationSerializer(serializers.Serializer[Any]):
    """A position (its datum is the channel's unless it says another), or an address, or both."""

    lon = serializers.FloatField(required=False)
    lat = serializers.FloatField(required=False)
    datum = serializers.ChoiceField(choices=DATUMS, required=False)
    accuracy_m = serializers.FloatField(required=False, allow_null=True)
    address = serializers.CharField(required=False, max_length=200)


class ReporterSerializer(serializers.Serializer[Any]):
    """Who reports; kept sealed, apart from the report."""

    name = serializers.CharField(required=False, max_length=40)
    phone = serializers.CharField(required=False, max_length=40)
    organisation = serializers.CharField(required=False, max_length=80)
    credit_code = serializers.CharField(required=False, max_length=40)


class ReportSerializer(serializers.Serializer[Any]):
    """What is sent."""

    channel = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)
    category = serializers.CharField(required=False)
    description = serializers.CharField(max_length=4000)
    occurred_at = serializers.DateTimeField(required=False)
    location = LocationSerializer()
    reporter = ReporterSerializer(required=False)
    photos = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=9)
    place = serializers.CharField(required=False)


class MatchSerializer(serializers.Serializer[Any]):
    """The name that an address was read by."""

    name = serializers.CharField()
    kind = serializers.CharField()


class SnapSerializer(LocatedSerializer):
    """As `locate` tells it; of an address also how sure that is."""

    method = serializers.ChoiceField(choices=Placement.values)
    datum = serializers.ChoiceField(choices=DATUMS, required=False)
    certainty = serializers.FloatField(required=False)
    matched = MatchSerializer(required=False, allow_null=True)


class ReceivedSerializer(serializers.Serializer[Any]):
    """A report that is kept."""

    number = serializers.CharField()
    incident = serializers.CharField()
    state = serializers.CharField()
    snap = SnapSerializer()


class EventSerializer(serializers.Serializer[Any]):
    """One link of the audit chain of a case, with its words where they were not erased."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    by = serializers.CharField()
    note = serializers.CharField()
    photos = serializers.ListField(child=serializers.UUIDField())
    about = serializers.ListField(child=serializers.CharField(), help_text="涉及 (in words)")
    data = serializers.DictField()  # type: ignore[assignment]


class ChoiceSerializer(serializers.Serializer[Any]):
    """A value that may be chosen, and what it is called."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class NeedSerializer(serializers.Serializer[Any]):
    """Something to be given with an action."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(
        choices=["text", "choice", "choices", "number", "date", "photos"]
    )
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = ChoiceSerializer(many=True)
    default = serializers.JSONField(allow_null=True)


class ActionSerializer(serializers.Serializer[Any]):
    """What the viewer may do now. `event` is what will be written in the history."""

    name = serializers.ChoiceField(choices=Action.values)
    label = serializers.CharField()  # type: ignore[assignment]
    event = serializers.CharField()
    leads = LeadsSerializer()
    needs = NeedSerializer(many=True)


class ClosedActionSerializer(serializers.Serializer[Any]):
    """What the state allows, but not to the viewer."""

    name = serializers.ChoiceField(choices=Action.values)
    label = serializers.CharField()  # type: ignore[assignment]
    why = serializers.CharField()


class ClockSerializer(serializers.Serializer[Any]):
    """A running clock, in working time."""

    step = serializers.ChoiceField(choices=Step.values)
    label = serializers.CharField()  # type: ignore[assignment]
    started_at = serializers.DateTimeField()
    amber_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    paused = serializers.BooleanField()
    amount = serializers.FloatField()
    unit = serializers.ChoiceField(choices=LimitUnit.values)
    is_beyond_calendar = serializers.BooleanField(help_text="节假日表未覆盖 (counted on weekdays)")


class AssignedSerializer(NamedSerializer):
    """A unit that is on the case."""

    part = serializers.ChoiceField(choices=Part.values)
    part_label = serializers.CharField()
    since = serializers.DateTimeField()
    checked_in_at = serializers.DateTimeField(allow_null=True)


class SupervisionSerializer(serializers.Serializer[Any]):
    """A supervision order that waits for its reply."""

    ordered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class RequestedSerializer(serializers.Serializer[Any]):
    """Something that was asked for and nobody has decided."""

    action = serializers.ChoiceField(choices=Action.values)
    label = serializers.CharField()  # type: ignore[assignment]
    asked_at = serializers.DateTimeField()


class DoneSerializer(serializers.Serializer[Any]):
    """Where a case stands after an action."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=IncidentState.values)
    kind = serializers.ChoiceField(choices=Kind.values)
    tier = serializers.ChoiceField(choices=Tier.values)
    unit = NamedSerializer(allow_null=True)
    deadline = serializers.DateTimeField(allow_null=True)
    event = serializers.CharField()


class SentSerializer(serializers.Serializer[Any]):
    """A position as it came."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    datum = serializers.ChoiceField(choices=DATUMS)
    accuracy_m = serializers.FloatField(allow_null=True)


class SnapOfEditionSerializer(serializers.Serializer[Any]):
    """Where a report lies in one edition."""

    edition = serializers.CharField()
    grid = serializers.CharField(allow_null=True)
    method = serializers.ChoiceField(choices=Placement.values)
    border_distance_m = serializers.FloatField(allow_null=True)
    provisional = serializers.BooleanField()
    candidates = serializers.ListField(child=serializers.JSONField())


class ToldReportSerializer(serializers.Serializer[Any]):
    """A report as staff may read it; who sent it stays in the vault."""

    number = serializers.CharField()
    channel = NamedSerializer()
    description = serializers.CharField()
    address = serializers.CharField()
    received_at = serializers.DateTimeField()
    occurred_at = serializers.DateTimeField()
    position = LonLatSerializer(allow_null=True)
    sent = SentSerializer(allow_null=True)
    snaps = SnapOfEditionSerializer(many=True)
    photos = serializers.ListField(child=serializers.UUIDField())
    contact = HiddenContactSerializer(allow_null=True)


class CaseSerializer(serializers.Serializer[Any]):
    """A case, with what was sent and what was done."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=IncidentState.values)
    kind = serializers.ChoiceField(choices=Kind.values)
    category = NamedSerializer(allow_null=True)
    grid = NamedSerializer(allow_null=True)
    community = NamedSerializer(allow_null=True)
    subdistrict = NamedSerializer(allow_null=True)
    position = LonLatSerializer(allow_null=True)
    provisional = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    occurred_at = serializers.DateTimeField()
    is_simulated = serializers.BooleanField()
    state_label = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.values)
    tier_label = serializers.CharField()
    deadline = serializers.DateTimeField(allow_null=True)
    amber_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    unit = NamedSerializer(allow_null=True)
    units = AssignedSerializer(many=True)
    commander = serializers.CharField(allow_null=True)
    merged_into = serializers.CharField(allow_null=True)
    merged = serializers.ListField(child=serializers.CharField())
    reopened = serializers.IntegerField()
    reworked = serializers.IntegerField()
    is_self_handled = serializers.BooleanField()
    clocks = ClockSerializer(many=True)
    supervision = SupervisionSerializer(allow_null=True)
    requests = RequestedSerializer(many=True)
    actions = ActionSerializer(many=True)
    closed_actions = ClosedActionSerializer(many=True)
    may_reveal = serializers.BooleanField(help_text="可查看联系方式 (may see contacts)")
    events = EventSerializer(many=True)
    reports = ToldReportSerializer(many=True)


class PhotoSerializer(serializers.Serializer[Any]):
    """The file of a picture."""

    file = serializers.FileField()


class PhotoIdSerializer(serializers.Serializer[Any]):
    """What a report names a picture by."""

    id = serializers.UUIDField()


class CategorySerializer(serializers.Serializer[Any]):
    """A class of demand."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)


class ChannelSerializer(serializers.Serializer[Any]):
    """A channel. `looks_like`: the datum that its positions seem to be in, where it is another."""

    code = serializers.CharField()
    name = serializers.CharField()
    datum = serializers.ChoiceField(choices=DATUMS)
    looks_like = serializers.ChoiceField(choices=DATUMS, allow_null=True)
    share = serializers.FloatField(allow_null=True)
    checked = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


class SimilarSerializer(serializers.Serializer[Any]):
    """An open case nearby, and nothing of who sent it."""

    category = NamedSerializer(allow_null=True)
    kind = serializers.ChoiceField(choices=Kind.values)
    distance_m = serializers.IntegerField(help_text="5 米的倍数 (a multiple of 5)")
    age_days = serializers.IntegerField()
    state = serializers.ChoiceField(choices=IncidentState.values)
    reports = serializers.IntegerField()
    incident = serializers.CharField(
        required=False, help_text="有权查看者可见 (for those who may see the case)"
    )


class SpotSerializer(LonLatSerializer):
    """The spot of a name, and how far from it what it names may lie."""

    accuracy_m = serializers.FloatField()


class AddressSerializer(serializers.Serializer[Any]):
    """Where an address lies."""

    matched = MatchSerializer(allow_null=True)
    certainty = serializers.FloatField(help_text="0–1")
    is_sure = serializers.BooleanField(help_text="≥ 0.6，且在网格内 (and in a grid)")
    grid = NamedSerializer(allow_null=True)
    community = NamedSerializer(required=False, allow_null=True)
    subdistrict = NamedSerializer(required=False, allow_null=True)
    position = SpotSerializer(required=False, help_text="公开或已登录 (public, or signed in)")


class DigitsSerializer(serializers.Serializer[Any]):
    """The last four digits of the phone that was left, where one was."""

    digits = serializers.CharField(required=False, min_length=4, max_length=4)


class SentPhotoSerializer(PhotoIdSerializer):
    """A picture of the report; its address works for half an hour."""

    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class StepSerializer(serializers.Serializer[Any]):
    """Something that happened; `words` and `photos` only when the report is open."""

    at = serializers.DateTimeField()
    event = serializers.CharField()
    unit = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    words = serializers.CharField(required=False)
    photos = SentPhotoSerializer(many=True, required=False)


class SurveySerializer(serializers.Serializer[Any]):
    """How satisfied somebody is: 1 (very dissatisfied) to 5."""

    digits = serializers.CharField(min_length=4, max_length=4)
    score = serializers.IntegerField(min_value=1, max_value=5)
    note = serializers.CharField(required=False, max_length=500)


class SurveyedSerializer(serializers.Serializer[Any]):
    """What became of the case: an unhappy answer reopens it."""

    state = serializers.ChoiceField(choices=IncidentState.values)
    event = serializers.ChoiceField(choices=["surveyed", "reopened"])
    score = serializers.IntegerField()


class SurveyStateSerializer(serializers.Serializer[Any]):
    """Whether this closing can be judged now, and how one was judged last."""

    is_open = serializers.BooleanField()
    score = serializers.IntegerField(allow_null=True)


class FollowedSerializer(serializers.Serializer[Any]):
    """A report that is asked after; below `timeline`, only when `is_open`."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=IncidentState.values)
    time_zone = serializers.CharField(help_text="地区的时区 (of the place)")
    is_open = serializers.BooleanField()
    timeline = StepSerializer(many=True)
    incident = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=Kind.values, required=False)
    category = NamedSerializer(required=False, allow_null=True)
    description = serializers.CharField(required=False)
    address = serializers.CharField(required=False)
    occurred_at = serializers.DateTimeField(required=False)
    grid = NamedSerializer(required=False, allow_null=True)
    community = NamedSerializer(required=False, allow_null=True)
    photos = SentPhotoSerializer(many=True, required=False)
    handled_in = serializers.CharField(required=False, allow_null=True)
    survey = SurveyStateSerializer(required=False)


class PartnerAnswerSerializer(ReceivedSerializer):
    """What a partner's row became; of several, a list under the name they were sent under."""

    external_id = serializers.CharField()
