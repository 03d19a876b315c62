"""Filters by code."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from grids.choices import GridKind, RegionLevel, StationLevel


class GridFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`region` takes a community's code or its subdistrict's."""

    code = django_filters.CharFilter(max_length=32)
    kind = django_filters.ChoiceFilter(choices=GridKind.choices)
    region = django_filters.CharFilter(method="in_region", max_length=32)

    def in_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(region__code=value) | Q(region__parent__code=value))


class RegionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`region` takes the code of the subdistrict above."""

    code = django_filters.CharFilter(max_length=32)
    level = django_filters.ChoiceFilter(choices=RegionLevel.choices)
    region = django_filters.CharFilter(field_name="parent__code", max_length=32)


class StationFilter(django_filters.FilterSet):  # type: ignore[misc]
    code = django_filters.CharFilter(max_length=32)
    level = django_filters.ChoiceFilter(choices=StationLevel.choices)
    service = django_filters.CharFilter(field_name="services__code", max_length=32)


def names_of(filters: type[Any]) -> frozenset[str]:
    """The query parameters of a filter set."""
    return frozenset(filters.base_filters)
