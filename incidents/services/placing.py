"""Where a report lies: the one way by which single reports, imports and re-attribution find it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point

from gis.kernel.datum import Datum
from grids.models import Edition, Grid
from grids.selectors import Located, Position, locate
from grids.selectors.gazetteer import Found, find_address
from incidents.choices import Placement
from incidents.models import Attribution, Report


@dataclass(frozen=True, slots=True)
class Placing:
    """Where something lies in an edition, and how that was found.

    `grid` is None for what a person must place. `position` is WGS-84 (EPSG:4326); `found` is what
    the gazetteer made of an address, `located` what the snap index says of the position, if any.
    """

    edition: Edition
    position: Point | None
    grid: int | None
    method: Placement
    border_distance_m: float | None = None
    provisional: bool = False
    candidates: tuple[dict[str, Any], ...] = ()
    located: Located | None = None
    found: Found | None = None

    def attribution(self, report: Report) -> Attribution:
        """The row that says so of `report`."""
        return Attribution(
            report=report,
            edition=self.edition,
            grid_id=self.grid,
            method=self.method,
            border_distance_m=self.border_distance_m,
            provisional=self.provisional,
            candidates=list(self.candidates),
        )


def place_positions(positions: Sequence[Position], edition: Edition) -> list[Placing]:
    """Place each position, in order; the queries do not grow with their number.

    Raises `InvalidCoordinate` for what is not finite or out of range after conversion.
    """
    return _placed(locate(positions, edition), edition, None)


def place_address(address: str, edition: Edition) -> Placing:
    """Place by the gazetteer. Without a sure reading there is neither position nor grid."""
    found = find_address(address, edition)
    if found is None:
        return Placing(edition, None, None, Placement.UNKNOWN)
    if not found.is_sure:
        return Placing(edition, None, None, Placement.GAZETTEER, found=found)
    return _placed([found.located], edition, found)[0]


def place_again(reports: Sequence[Report], edition: Edition) -> list[Placing]:
    """Place reports that have a position in another edition, in order."""
    positions = [
        Position(one.position.x, one.position.y, Datum.WGS84, one.accuracy_m) for one in reports
    ]
    placed = _placed(locate(positions, edition), edition, None)
    return [
        one if report.datum or one.grid is None else _by_address(one)
        for report, one in zip(reports, placed, strict=True)
    ]


def _by_address(placing: Placing) -> Placing:
    """The same, said to come from an address."""
    return Placing(
        placing.edition,
        placing.position,
        placing.grid,
        Placement.GAZETTEER,
        placing.border_distance_m,
        placing.provisional,
        placing.candidates,
        placing.located,
    )


def _placed(located: Sequence[Located], edition: Edition, found: Found | None) -> list[Placing]:
    codes = {one.grid.code for one in located if one.grid is not None}
    keys = dict(Grid.objects.of(edition).filter(code__in=codes).values_list("code", "pk"))
    return [
        Placing(
            edition=edition,
            position=Point(one.lon, one.lat, srid=4326),
            grid=keys[one.grid.code] if one.grid is not None else None,
            method=Placement.GAZETTEER if found else Placement(one.method.value),
            border_distance_m=one.border_distance_m,
            provisional=one.provisional,
            candidates=tuple({"grid": grid.code, "share": share} for grid, share in one.candidates),
            located=one,
            found=found,
        )
        for one in located
    ]
