"""The town that deserves a map of its own: many small grids on little ground."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.gis.db.models import Extent
from django.db.models import Count, Sum

from grids.choices import RegionLevel
from grids.models import Edition, Grid, Region

__all__ = ["Inset", "inset_of"]

Box = tuple[float, float, float, float]
MOST_GROUND = 0.3  # of the place: more is no part any more
FEWEST_GRIDS = 0.3  # of the place: fewer are not worth a second map
DENSER = 1.5  # than the place as a whole, in grids per area


@dataclass(frozen=True, slots=True)
class Inset:
    """Subdistricts that lie together on the second map; `box` in degrees, west south east north."""

    codes: list[str]
    names: list[str]
    grids: int
    box: Box


def inset_of(edition: Edition) -> Inset | None:
    """The densest subdistricts of `edition` as far as they fit on a small part of its ground.

    None where grids are spread evenly, so that one map serves.
    """
    regions = Region.objects.of(edition).filter(level=RegionLevel.SUBDISTRICT).defer("geometry")
    found = []
    for region in regions:
        held = Grid.objects.of(edition).filter(region__parent=region)
        sums = held.aggregate(n=Count("pk"), area=Sum("area_m2"), box=Extent("geometry"))
        if sums["n"] and sums["area"]:
            found.append((sums["n"] / sums["area"], sums, region))
    grids = sum(sums["n"] for _, sums, _ in found)
    area = sum(sums["area"] for _, sums, _ in found)
    chosen, ground = [], 0.0
    for density, sums, region in sorted(found, key=lambda one: (-one[0], one[2].code)):
        if density < DENSER * grids / area or ground + sums["area"] > MOST_GROUND * area:
            break
        chosen.append((sums, region))
        ground += sums["area"]
    held_there = sum(sums["n"] for sums, _ in chosen)
    if not chosen or held_there < FEWEST_GRIDS * grids or len(chosen) == len(found):
        return None
    boxes = [sums["box"] for sums, _ in chosen]
    return Inset(
        codes=[region.code for _, region in chosen],
        names=[region.name for _, region in chosen],
        grids=held_there,
        box=(
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
    )
