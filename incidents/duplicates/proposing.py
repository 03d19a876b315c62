"""Which cases may be the same matter as one: found by place and time, ranked, never joined."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point, Polygon
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import (
    Case,
    Exists,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from incidents.choices import OPEN_STATES, IncidentState
from incidents.duplicates.rules import Threshold, thresholds_of
from incidents.duplicates.spots import spots_among
from incidents.models import Incident, NotDuplicate, Report

__all__ = ["ALIKE_ANYWHERE", "MOST", "Proposal", "around", "first_words", "propose", "says_nothing"]

MOST = 10
# The words of no more are read: of the nearest, or of the latest where distance says nothing; the
# likest of them are weighed.
_READ_NEAR, _READ_ANYWHERE, _WEIGHED = 200, 500, 100
# Of another class of the same kind, or where the position says nothing, words must carry it.
OTHER_CLASS, OTHER_CLASS_ALIKE, ALIKE_ANYWHERE = 0.6, 0.35, 0.5
_METRES_PER_DEGREE = 110_000.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that may be the same matter. `score` and `alike` are 0–1; `metres` is None where
    distance says nothing: without a position, or with one that very many cases share.
    """

    case: Incident
    score: float
    metres: float | None
    apart: timedelta
    alike: float
    is_same_class: bool
    threshold: Threshold

    @property
    def is_open(self) -> bool:
        return self.case.state in OPEN_STATES


def propose(
    case: Incident,
    *,
    among: QuerySet[Incident],
    most: int = MOST,
    as_of: datetime | None = None,
) -> list[Proposal]:
    """The cases of `among` (those that the viewer may see) that may be the same matter as `case`.

    At most `most`, the likeliest first. A number of queries that does not depend on the data. With
    `as_of` as it would have been then: only what had come in, and merged cases as the open ones
    that they were.
    """
    threshold = thresholds_of(case.place).of(case.category.code if case.category else "")
    is_usual, words = says_nothing(case), first_words(case)
    rows = among.filter(place=case.place_id)
    if as_of is None:
        rows = rows.exclude(state=IncidentState.MERGED)
    else:
        rows = rows.filter(received_at__lte=as_of)
    rows = _undecided(rows, case, threshold.longest)
    near = _anywhere(rows, case) if is_usual else _near(rows, case, threshold.distance_m)
    found = _with_words(near, words, ALIKE_ANYWHERE if is_usual else threshold.least_text)
    if not is_usual:
        spots = spots_among(case.place, [one.position for one, _alike in found])
        near |= {one.pk: None for one, _alike in found if one.position.coords in spots}
    weighed = [_weigh(case, one, near[one.pk], alike, threshold, as_of) for one, alike in found]
    kept = [one for one in weighed if one is not None]
    return sorted(kept, key=lambda one: (-one.score, one.case.pk))[:most]


def says_nothing(case: Incident) -> bool:
    """Whether the position of `case` does not tell where it is: there is none, or a default."""
    return case.position is None or bool(spots_among(case.place, [case.position]))


def first_words(case: Incident) -> str:
    """The words of the first report."""
    rows = Report.objects.filter(incident=case).order_by("pk")
    return rows.values_list("description", flat=True).first() or ""


def _undecided(rows: QuerySet[Incident], case: Incident, longest: timedelta) -> QuerySet[Incident]:
    """Of one kind and near in time; without what is gone, and what was said not to be the same."""
    pair = Q(one=OuterRef("pk"), other=case.pk) | Q(one=case.pk, other=OuterRef("pk"))
    span = (case.received_at - longest, case.received_at + longest)
    return (
        rows.filter(kind=case.kind, received_at__range=span)
        .exclude(pk=case.pk)
        .exclude(state=IncidentState.VOID)
        .filter(~Exists(NotDuplicate.objects.filter(pair)))
    )


def _near(rows: QuerySet[Incident], case: Incident, metres: float) -> dict[int, float | None]:
    """Keys of the nearest within `metres`, measured in the system of the place, and how far."""
    spot, srid = case.position, case.place.srid_m
    asked = (
        rows.filter(position__bboverlaps=around(spot.x, spot.y, metres))
        .annotate(
            metres=Func(
                Func("position", Value(srid), function="ST_Transform"),
                Func(_point(spot), Value(srid), function="ST_Transform"),
                function="ST_Distance",
                output_field=FloatField(),
            )
        )
        .filter(metres__lte=metres)
    )
    # Its own class first: a spot that many share must not crowd it out.
    ordered = asked.annotate(
        is_other=Case(When(category=case.category_id, then=0), default=1)
    ).order_by("is_other", "metres", "pk")
    return dict(ordered.values_list("pk", "metres")[:_READ_NEAR])


def _point(spot: Point) -> Func:
    made = Func(Value(spot.x), Value(spot.y), function="ST_MakePoint")
    return Func(made, Value(4326), function="ST_SetSRID")


def _anywhere(rows: QuerySet[Incident], case: Incident) -> dict[int, float | None]:
    """Keys of the latest of the same class, wherever they are said to be."""
    if case.category_id is None:
        return {}
    rows = rows.filter(category=case.category_id).order_by("-received_at", "pk")
    return dict.fromkeys(rows.values_list("pk", flat=True)[:_READ_ANYWHERE])


def _with_words(keys: Iterable[int], words: str, least: float) -> list[tuple[Any, float]]:
    """Those of the cases whose first report is so alike at least, and how alike it is (0–1)."""
    reports = Report.objects.filter(incident__in=keys).order_by("incident", "-pk")
    told = reports.annotate(alike=TrigramSimilarity("description", words))
    # Of several reports the first one is read last, and stays.
    alike = dict(told.values_list("incident", "alike"))
    ordered = sorted((-share, pk) for pk, share in alike.items() if share >= least)[:_WEIGHED]
    rows = Incident.objects.filter(pk__in=[pk for _share, pk in ordered])
    found = rows.select_related("category").defer("place__envelope")
    return [(case, alike[case.pk]) for case in found]


def _weigh(
    case: Incident,
    other: Incident,
    metres: float | None,
    alike: float,
    threshold: Threshold,
    as_of: datetime | None,
) -> Proposal | None:
    """The proposal, or None where it is too far in time, too little alike, or too weak."""
    apart = abs(case.received_at - other.received_at)
    earlier = min(case, other, key=lambda one: one.received_at)
    limit = threshold.open_for if _is_open(earlier, as_of) else threshold.closed_for
    same = case.category_id is not None and case.category_id == other.category_id
    if apart > limit or alike < _least_alike(threshold, same, metres):
        return None
    parts = [(threshold.weight_time, 1 - apart / limit if limit else 1.0)]
    parts.append((threshold.weight_text, alike))
    if metres is not None:
        share = 1 - metres / threshold.distance_m if threshold.distance_m else 1.0
        parts.append((threshold.weight_distance, share))
    weights = sum(weight for weight, _part in parts)
    score = sum(weight * part for weight, part in parts) / weights
    score *= 1.0 if same else OTHER_CLASS
    if score < threshold.least_score:
        return None
    return Proposal(other, score, metres, apart, alike, same, threshold)


def _is_open(case: Any, as_of: datetime | None) -> bool:
    if as_of is None:
        return case.state in OPEN_STATES
    return case.closed_at is None or case.closed_at > as_of


def _least_alike(threshold: Threshold, same: bool, metres: float | None) -> float:
    """How alike the words must be: more where the class or the position does not speak for it."""
    least = threshold.least_text
    if not same:
        least = max(least, OTHER_CLASS_ALIKE)
    return least if metres is not None else max(least, ALIKE_ANYWHERE)


def around(lon: float, lat: float, metres: float) -> Polygon:
    """A box (EPSG:4326) that holds the circle of `metres` round a position."""
    north = max(metres, 0.1) / _METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    box: Polygon = Polygon.from_bbox((lon - east, lat - north, lon + east, lat + north))
    box.srid = 4326
    return box
