"""Which grid a spot lies in, by the edition in force."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from gis.kernel.datum import Datum
from grids.models import Edition, Place
from grids.selectors import Position, locate
from patrols.models import Spot

__all__ = ["find_again", "grid_codes_at"]


def grid_codes_at(place: Place, points: Sequence[tuple[float, float]]) -> list[str]:
    """The grid of each (lon, lat), WGS-84 degrees, by the edition in force; blank outside all."""
    edition = Edition.objects.filter(place=place).select_related("place").in_force(place)
    if edition is None or not points:
        return [""] * len(points)
    positions = [Position(lon, lat, Datum.WGS84) for lon, lat in points]
    return [one.grid.code if one.grid else "" for one in locate(positions, edition)]


@transaction.atomic
def find_again(place: Place) -> int:
    """Find the grids of all spots of `place` again, after an edition; how many have another."""
    spots = list(Spot.objects.filter(place=place).order_by("pk").select_for_update())
    codes = grid_codes_at(place, [(spot.position.x, spot.position.y) for spot in spots])
    moved = []
    for spot, code in zip(spots, codes, strict=True):
        if spot.grid_code != code:
            spot.grid_code = code
            moved.append(spot)
    Spot.objects.bulk_update(moved, ["grid_code"], batch_size=2000)
    return len(moved)
