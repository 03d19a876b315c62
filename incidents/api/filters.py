"""Filters of cases."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.db.models import Q, QuerySet

from gis.api.fields import read_instant
from gis.api.problems import refuse
from incidents.choices import IncidentState, Kind


class IncidentFilter(django_filters.FilterSet):  # type: ignore[misc]
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    state = django_filters.ChoiceFilter(choices=IncidentState.choices)
    category = django_filters.CharFilter(field_name="category__code", max_length=16)


def in_ground(grid: str, region: str) -> Q | None:
    """The question to `Grid` that a grid's or a region's code asks; None when neither is given."""
    if not (grid or region):
        return None
    asked = Q()
    if grid:
        asked &= Q(code=grid)
    if region:
        asked &= Q(region__code=region) | Q(region__parent__code=region)
    return asked


def in_time(rows: QuerySet[Any], since: str, until: str, zone: ZoneInfo) -> QuerySet[Any]:
    """Cases received from `since` (included) until `until` (not included). Raises `Refused`."""
    if since:
        rows = rows.filter(received_at__gte=moment(since, "from", zone))
    if until:
        rows = rows.filter(received_at__lt=moment(until, "to", zone))
    return rows


def moment(text: str, field: str, zone: ZoneInfo) -> datetime:
    """An instant, or the start of a local day. Raises `Refused`."""
    # A plus sign in a query string is read as a blank.
    found = read_instant(f"{text}T00:00:00Z" if len(text) == 10 else text.replace(" ", "+"))
    if found is None:
        zh = "应为日期，或带时区的时间，如 2022-11-02、2022-11-02T08:30:00+08:00。"
        en = "Must be a date, or a time with its offset: 2022-11-02T08:30:00+08:00."
        raise refuse(field, "not_an_instant", zh, en)
    return found.replace(tzinfo=zone) if len(text) == 10 else found
