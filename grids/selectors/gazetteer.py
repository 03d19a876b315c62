"""From an address in words to a position: names of the ground that occur in it.

Chinese addresses have no blanks between words, so each stretch of the text is asked for as a name;
a name that is written a little differently is found by its trigrams (pg_trgm). How sure a match is
follows from two shares: of the name that was read, and of the ground that lies in one grid.
"""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.contrib.gis.geos import Point
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Q, QuerySet

from gis.kernel.datum import Datum
from grids.models import Block, Edition, NamedPlace, Region, Station
from grids.selectors.locating import Located, Position, locate

# Below this certainty a person places the report.
SURE = 0.6
LONGEST_ADDRESS, LONGEST_NAME, SHORTEST_NAME = 200, 16, 2
# Two characters are found in many a longer name that means another spot: 港东 in 香港东路.
READ = {2: 0.5, 3: 0.8}
MOST_MATCHES = 20
# Further apart than this, two spots of one name are two places.
SAME_SPOT_DEG = 0.0005
WIDEST_M = 10_000.0


class NameKind(StrEnum):
    """What carries a name."""

    BLOCK = "block"
    STATION = "station"
    NAMED_PLACE = "named_place"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Match:
    """A name in an address. Position in WGS-84 degrees; the spot lies within `accuracy_m` of it.

    `text` (0–1) says how well the address names it.
    """

    name: str
    kind: NameKind
    lon: float
    lat: float
    accuracy_m: float
    text: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best reading of an address, and the certainty (0–1) that it lies in the grid told."""

    match: Match
    located: Located
    certainty: float

    @property
    def is_sure(self) -> bool:
        return self.located.grid is not None and self.certainty >= SURE


def find_address(address: str, edition: Edition) -> Found | None:
    """Where `address` lies in `edition`; None when it holds no name that is known."""
    matches = matches_in(address, edition)
    if not matches:
        return None
    best = matches[0]
    position = Position(best.lon, best.lat, Datum.WGS84, best.accuracy_m or None)
    located = locate([position], edition)[0]
    in_one_grid = 0.0 if located.grid is None else 1.0
    if located.candidates:
        in_one_grid = located.candidates[0][1]
    rivals = sum(
        one.name == best.name and one.text == best.text and _apart(one, best) for one in matches
    )
    return Found(best, located, round(best.text * in_one_grid / (1 + rivals), 3))


def matches_in(address: str, edition: Edition) -> list[Match]:
    """The names of `edition` and its place in `address`, the best first."""
    text = normal(address)[:LONGEST_ADDRESS]
    if len(text) < SHORTEST_NAME:
        return []
    pieces = sorted(
        {
            text[start : start + length]
            for length in range(SHORTEST_NAME, LONGEST_NAME + 1)
            for start in range(len(text) - length + 1)
        }
    )
    found: list[Match] = []
    for kind, rows in _sources(edition):
        found += _named(kind, rows, pieces, text)
    return _ranked(_within_regions(found, edition))


def normal(text: str) -> str:
    """One writing for each character (NFKC), and no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _sources(edition: Edition) -> list[tuple[NameKind, QuerySet[Any]]]:
    place = edition.place_id
    spot = PointOnSurface("geometry")
    return [
        (
            NameKind.BLOCK,
            Block.objects.filter(place=place, children__isnull=True)
            .exclude(name="")
            .annotate(spot=spot),
        ),
        (NameKind.STATION, Station.objects.filter(place=place).annotate(spot=F("position"))),
        (NameKind.NAMED_PLACE, NamedPlace.objects.filter(place=place).annotate(spot=F("position"))),
        (NameKind.REGION, Region.objects.of(edition).annotate(spot=spot)),
    ]


def _named(kind: NameKind, rows: QuerySet[Any], pieces: list[str], text: str) -> Iterable[Match]:
    asked = rows.filter(Q(name__in=pieces) | Q(name__trigram_similar=text))
    asked = asked.annotate(alike=TrigramSimilarity("name", text)).order_by("-alike", "pk")
    size = {NameKind.NAMED_PLACE: "accuracy_m", NameKind.REGION: "area_m2"}.get(kind, "pk")
    for name, spot, alike, measure in asked.values_list("name", "spot", "alike", size)[:200]:
        # A block is never cut by a grid border, and a station stands where it stands.
        accuracy_m = 0.0
        if kind is NameKind.NAMED_PLACE:
            accuracy_m = measure
        elif kind is NameKind.REGION:
            accuracy_m = min(math.sqrt(measure / math.pi), WIDEST_M)
        read = float(alike)
        if normal(name) in text:
            read = 1.0 if normal(name) == text else READ.get(len(name), 1.0)
        yield Match(name, kind, spot.x, spot.y, accuracy_m, read)


def _within_regions(found: list[Match], edition: Edition) -> list[Match]:
    """Doubt a spot that lies outside the region the address names as well.

    香港东路 in one subdistrict does not mean the village 港东 in another.
    """
    named = [one.name for one in found if one.kind is NameKind.REGION and one.text >= SURE]
    if not named or len(named) == len(found):
        return found
    regions = list(Region.objects.of(edition).filter(name__in=named).order_by("area_m2"))
    ground = [region.geometry for region in regions if region.level == regions[0].level]
    return [
        one if one.kind is NameKind.REGION or _in_any(one, ground) else _doubt(one) for one in found
    ]


def _in_any(match: Match, ground: list[Any]) -> bool:
    return any(area.covers(Point(match.lon, match.lat, srid=4326)) for area in ground)


def _ranked(found: list[Match]) -> list[Match]:
    """The sharpest spot that the address surely names first, then the best reading."""
    # 麦岛 inside 海大麦岛社区 is not named: the longer name is.
    names = {one.name for one in found if one.text >= SURE}
    kept = [
        one if not any(one.name != name and one.name in name for name in names) else _doubt(one)
        for one in found
    ]
    kept.sort(
        key=lambda one: (one.text < SURE, one.accuracy_m, -one.text, -len(one.name), one.name)
    )
    return kept[:MOST_MATCHES]


def _doubt(match: Match) -> Match:
    return replace(match, text=match.text * 0.5)


def _apart(one: Match, other: Match) -> bool:
    return max(abs(one.lon - other.lon), abs(one.lat - other.lat)) > SAME_SPOT_DEG
