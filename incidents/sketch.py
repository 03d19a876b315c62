"""A sketch of where a case lies: its grid among the neighbours, drawn as paths for paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from django.contrib.gis.geos import MultiPolygon, Polygon

from grids.models import Grid
from incidents.models import Incident

__all__ = ["Sketch", "sketch_of"]

WIDTH, HEIGHT, MARGIN = 400.0, 240.0, 16.0
_MOST_NEIGHBOURS = 40


@dataclass(frozen=True, slots=True)
class Sketch:
    """Paths in a box of `width` × `height`, north up; `x`, `y` is the case."""

    width: float
    height: float
    grid: str
    neighbours: list[str]
    x: float
    y: float
    scale_m: int
    scale_px: float


def sketch_of(case: Incident) -> Sketch | None:
    """The grid of `case` fills the box; a case outside its grid widens it. None without ground."""
    grid, position = case.grid, case.position
    if grid is None or position is None:
        return None
    west, south, east, north = grid.geometry.extent
    west, east = min(west, position.x), max(east, position.x)
    south, north = min(south, position.y), max(north, position.y)
    squeeze = math.cos(math.radians((south + north) / 2))
    per_degree = min(
        (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, 1e-6),
        (HEIGHT - 2 * MARGIN) / max(north - south, 1e-6),
    )
    middle_x, middle_y = (west + east) / 2, (south + north) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(WIDTH / 2 + (x - middle_x) * squeeze * per_degree, 1),
            round(HEIGHT / 2 - (y - middle_y) * per_degree, 1),
        )

    def path(shape: MultiPolygon) -> str:
        rings = [ring for polygon in shape for ring in cast("Polygon", polygon)]
        return "".join(
            "M" + "L".join(f"{x},{y}" for x, y in (place(*point[:2]) for point in ring)) + "Z"
            for ring in rings
        )

    reach_x, reach_y = WIDTH / 2 / per_degree / squeeze, HEIGHT / 2 / per_degree
    box = Polygon.from_bbox(
        (middle_x - reach_x, middle_y - reach_y, middle_x + reach_x, middle_y + reach_y)
    )
    box.srid = 4326
    near = Grid.objects.filter(edition=grid.edition_id).within(box).exclude(pk=grid.pk)
    x, y = place(position.x, position.y)
    metres = _round_length(WIDTH / 4 / per_degree * 111_320)
    return Sketch(
        width=WIDTH,
        height=HEIGHT,
        grid=path(grid.geometry),
        neighbours=[path(one.geometry) for one in near.order_by("code")[:_MOST_NEIGHBOURS]],
        x=x,
        y=y,
        scale_m=metres,
        scale_px=round(metres / 111_320 * per_degree, 1),
    )


def _round_length(metres: float) -> int:
    """The largest of 1, 2 and 5 times a power of ten that is not longer."""
    power = 10 ** math.floor(math.log10(max(metres, 1)))
    return int(next(step * power for step in (5, 2, 1) if step * power <= max(metres, 1)))
