"""The layers that are served as vector tiles: whose rows, which geometry, which attributes.

A polygon that crosses a tile border is in both tiles, so a label on it would be drawn twice; labels
therefore come from layers of points of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.db.models import Case, Count, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Right

from grids.choices import RegionLevel
from grids.models import Edition, Grid, Region, Station
from grids.querysets import ScopedQuerySet, Viewer
from maps.models import FULL

Derived = Mapping[str, Any]  # expressions of the ORM

# A grid of a Chinese district: 6 administrative, 3 subdistrict, 3 community, 3 sequence digits.
DISTRICT_CODE = r"^\d{15}$"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One kind of thing on the map: rows, geometry, columns, and what is derived from them.

    `buffer` is in tile units, of which a tile has 4096. `levels` says that shapes are derived from
    the rows when an edition comes into force (`derive.py`): each level serves the zooms down to it,
    the last one all of them with every vertex. Without levels a tile is drawn from storage.
    """

    name: str
    about: str
    rows: Callable[[Edition, Viewer], ScopedQuerySet]
    column: str
    drawn: Any
    own: tuple[str, ...]
    derived: Derived
    fields: Mapping[str, str]
    minzoom: int
    maxzoom: int = 16
    buffer: int = 64
    of_edition: bool = True
    levels: tuple[int, ...] = ()

    def level(self, z: int) -> int:
        """The level that a tile of zoom `z` is drawn from."""
        return next(level for level in self.levels if z <= level)


def _number() -> Case:
    """What stands inside a grid on the map: two digits of a district code, else the name."""
    return Case(When(code__regex=DISTRICT_CODE, then=Right("code", 2)), default=F("name"))


def _grids_inside() -> Coalesce:
    """How many grids a region holds, its own or its communities'."""
    own = Grid.objects.filter(region=OuterRef("pk")).order_by().values("region")
    below = Grid.objects.filter(region__parent=OuterRef("pk")).order_by().values("region__parent")
    return Coalesce(
        Subquery(own.annotate(n=Count("pk")).values("n")),
        Subquery(below.annotate(n=Count("pk")).values("n")),
        Value(0),
    )


def _regions(edition: Edition, user: Viewer) -> ScopedQuerySet:
    return Region.objects.for_user(user).of(edition).order_by("code")


def _grids(edition: Edition, user: Viewer) -> ScopedQuerySet:
    return Grid.objects.for_user(user).of(edition).order_by("code")


def _stations(edition: Edition, user: Viewer) -> ScopedQuerySet:
    rows: ScopedQuerySet = Station.objects.for_user(user).filter(place=edition.place_id)
    return rows.order_by("code")


_LEVELS = ", ".join(RegionLevel.values)
_REGION_FIELDS = {"code": "代码 code", "name": "名称 name", "level": _LEVELS}
_GRID_FIELDS = {
    "code": "代码 code",
    "name": "名称 name",
    "number": "图上编号 number on the map",
    "community": "社区 community",
}
# From zoom 14 on a tile holds a few grids, and drawing them whole costs nothing.
_AREA_LEVELS = (8, 9, 10, 11, 12, 13, FULL)
_REGION = ("code", "name", "level")
_GRID = ("code", "name")
_GRID_DERIVED = {"number": _number(), "community": F("region__name")}

LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer(
            name="regions",
            about="街道与社区 subdistricts and communities",
            rows=_regions,
            column="geometry",
            drawn=F("geometry"),
            own=_REGION,
            derived={},
            fields=_REGION_FIELDS,
            minzoom=6,
            levels=_AREA_LEVELS,
            # The wash around the land is a wide line, and must not end at a tile's border.
            buffer=256,
        ),
        Layer(
            name="region_labels",
            about="街道与社区标注 labels of subdistricts and communities",
            rows=_regions,
            column="geometry",
            drawn=PointOnSurface("geometry"),
            own=_REGION,
            derived={"grid_count": _grids_inside()},
            fields={**_REGION_FIELDS, "grid_count": "网格数 number of grids"},
            minzoom=6,
            levels=(FULL,),
        ),
        Layer(
            name="grids",
            about="网格 grids",
            rows=_grids,
            column="geometry",
            drawn=F("geometry"),
            own=_GRID,
            derived=_GRID_DERIVED,
            fields=_GRID_FIELDS,
            minzoom=8,
            levels=_AREA_LEVELS,
            buffer=256,
        ),
        Layer(
            name="grid_labels",
            about="网格标注 labels of grids",
            rows=_grids,
            column="label",
            drawn=F("label"),
            own=(*_GRID, "area_m2"),
            derived=_GRID_DERIVED,
            fields={**_GRID_FIELDS, "area_m2": "面积 area, m²"},
            minzoom=10,
            levels=(FULL,),
        ),
        Layer(
            name="stations",
            about="党群服务站点 party service stations",
            rows=_stations,
            column="position",
            drawn=F("position"),
            own=_REGION,
            derived={},
            fields={"code": "代码 code", "name": "名称 name", "level": "层级 level"},
            minzoom=8,
            of_edition=False,
        ),
    )
}
