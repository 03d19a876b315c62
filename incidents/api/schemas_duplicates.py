"""Shapes of duplicates for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from grids.api.schemas import LonLatSerializer
from grids.api.serializers import NamedSerializer
from incidents.choices import IncidentState, Kind


class ProposalSerializer(serializers.Serializer[Any]):
    """A case that may be the same matter, and why."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=IncidentState.values)
    is_open = serializers.BooleanField()
    kind = serializers.ChoiceField(choices=Kind.values)
    category = NamedSerializer(allow_null=True)
    received_at = serializers.DateTimeField()
    position = LonLatSerializer(allow_null=True)
    score = serializers.FloatField(help_text="0–1")
    distance_m = serializers.FloatField(
        allow_null=True, help_text="空：默认坐标，距离不作依据 (null: distance says nothing)"
    )
    apart_hours = serializers.FloatField()
    text = serializers.FloatField(help_text="0–1，首条诉求的文字 (of the first reports' words)")
    same_category = serializers.BooleanField()
    why = serializers.ListField(child=serializers.CharField())


class NotDuplicateSerializer(serializers.Serializer[Any]):
    """The other case of the pair."""

    other = serializers.CharField(max_length=24)


class RefusedPairSerializer(NotDuplicateSerializer):
    """A pair that is not proposed again."""

    number = serializers.CharField()
    at = serializers.DateTimeField()
