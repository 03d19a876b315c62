"""What the document says of the desk's routes."""

from typing import Any

from rest_framework import serializers

from grids.api.schemas import LonLatSerializer
from grids.api.serializers import NamedSerializer
from incidents.choices import IncidentState, Kind, Tier


class CountSerializer(serializers.Serializer[Any]):
    """How many; `is_more` when there are more than were counted."""

    n = serializers.IntegerField()
    is_more = serializers.BooleanField()


class FlagsSerializer(serializers.Serializer[Any]):
    """What is out of the ordinary about a case."""

    supervised = serializers.BooleanField()
    requested = serializers.BooleanField(help_text="有申请待审批 (a request waits)")
    reopened = serializers.IntegerField()
    provisional = serializers.BooleanField()
    unplaced = serializers.BooleanField()
    simulated = serializers.BooleanField()
    merged = serializers.IntegerField(help_text="并入的案件数 (cases merged into it)")


class QueueRowSerializer(serializers.Serializer[Any]):
    """A line about a case."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)
    category = NamedSerializer(allow_null=True)
    state = serializers.ChoiceField(choices=IncidentState.values)
    state_label = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.values)
    tier_label = serializers.CharField()
    grid = NamedSerializer(allow_null=True)
    community = NamedSerializer(allow_null=True)
    subdistrict = serializers.CharField(allow_null=True)
    unit = NamedSerializer(allow_null=True)
    deadline = serializers.DateTimeField(allow_null=True)
    amber_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField()
    position = LonLatSerializer(allow_null=True)
    description = serializers.CharField(help_text="第一行 (its first line)")
    address = serializers.CharField()
    reports = serializers.IntegerField()
    flags = FlagsSerializer()


class QueueSerializer(serializers.Serializer[Any]):
    """A page; `count` with the first one only, `next` is the cursor of the following."""

    at = serializers.DateTimeField()
    count = CountSerializer(allow_null=True)
    next = serializers.CharField(allow_null=True)
    results = QueueRowSerializer(many=True)


class SavedFilterSerializer(serializers.Serializer[Any]):
    """A question that is kept; `query` holds the parameters of the queue."""

    id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="现成的没有编号 (null for ready-made ones)"
    )
    name = serializers.CharField(max_length=40)
    query = serializers.DictField(child=serializers.CharField())
    count = CountSerializer(read_only=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a contact is looked at."""

    reason = serializers.CharField(max_length=200)


class RevealedSerializer(serializers.Serializer[Any]):
    """Who sent a report."""

    report = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()


class ContactsSerializer(serializers.Serializer[Any]):
    """The contacts of a case, shown to this viewer, whose reason is kept."""

    contacts = RevealedSerializer(many=True)


class LeadsSerializer(serializers.Serializer[Any]):
    """What follows from an action, unless something is given that leads elsewhere."""

    state = serializers.ChoiceField(choices=IncidentState.values)
    state_label = serializers.CharField()
    event_label = serializers.CharField()
    ends = serializers.ListField(child=serializers.CharField(), help_text="停止的计时 (clocks)")
    starts = serializers.ListField(child=serializers.CharField(), help_text="开始的计时 (clocks)")
    clocks = serializers.CharField(help_text="paused、resumed 或空")


class HiddenContactSerializer(serializers.Serializer[Any]):
    """Enough to recognise a contact: 138****5678."""

    name = serializers.CharField()
    phone = serializers.CharField()
