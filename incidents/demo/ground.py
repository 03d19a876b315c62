"""The ground that the history happens on, read from the database."""

from __future__ import annotations

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB

from grids.choices import RegionLevel
from grids.models import Block, Edition, Region
from incidents.demo.rows import Ground

__all__ = ["read_ground"]

_COMMUNITY_DIGITS = 12


def read_ground(edition: Edition) -> Ground:
    """The blocks of the edition's place in order of code; a block is named by its community."""
    regions = Region.objects.filter(edition=edition)
    names = dict(regions.filter(level=RegionLevel.COMMUNITY).values_list("code", "name"))
    rows = list(
        Block.objects.filter(place=edition.place)
        .annotate(wkb=AsWKB("geometry"))
        .order_by("code")
        .values_list("code", "wkb", "people", "area_m2", "kind")
    )
    outlines = (
        regions.filter(level=RegionLevel.SUBDISTRICT)
        .annotate(wkb=AsWKB("geometry"))
        .order_by("code")
        .values_list("wkb", flat=True)
    )
    return Ground(
        polygons=shapely.from_wkb([bytes(row[1]) for row in rows]),
        people=np.array([row[2] for row in rows], np.float64),
        area_m2=np.array([row[3] for row in rows], np.float64),
        kinds=np.array([row[4] for row in rows]),
        names=tuple(names.get(row[0][:_COMMUNITY_DIGITS], "") for row in rows),
        outline=shapely.from_wkb([bytes(wkb) for wkb in outlines]),
    )
