"""The shapes that tiles are drawn from, derived once from the territory of an edition.

Simplifying one polygon at a time opens gaps between neighbours. Here all grids of an edition are
simplified together, as a coverage: a border between two stays one line, at every level.
"""

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import F
from numpy.typing import NDArray

from gis.db.copying import copy_new
from gis.ledger.services import outbox
from grids.models import Edition, Grid, Region, User
from maps.models import FULL, Shape, ShapeSet
from maps.tiles.draw import DRAWING, EXTENT, WEB_MERCATOR, shapes_of
from maps.tiles.layers import LAYERS, Layer

EQUATOR_M = 40_075_016.685578488
# Half a pixel on a page, whose tiles are 512 pixels wide; 2.4 m at zoom 13 (of web Mercator).
TOLERANCE_UNITS = 4
TOPIC = "maps.shapes"

Geometries = NDArray[np.object_]
# One who sees every row of every edition: the shapes are for all who may see the edition.
_EVERYBODY = User(is_superuser=True)

log = logging.getLogger(__name__)


@transaction.atomic
def derive(edition: Edition) -> ShapeSet | None:
    """Write the shapes of a published edition, unless they are there; None for a plan.

    Safe to repeat and to run twice at once: the edition's row is held meanwhile.
    """
    held = Edition.objects.select_for_update().get(pk=edition.pk)
    if not held.digest:
        return None
    if found := shapes_of(LAYERS["grids"], held):
        return found
    ShapeSet.objects.filter(edition=held).delete()
    made = ShapeSet.objects.create(edition=held, digest=held.digest, manner=DRAWING)
    simplified = _Areas(held)
    shapes: list[Shape] = []
    for layer in LAYERS.values():
        for level in layer.levels:
            shapes.extend(_shapes(made, layer, level, held, simplified))
    copy_new(Shape, shapes)
    log.info("%s: %d shapes for tiles", held, len(shapes))
    return made


@outbox.handles(TOPIC)
def _keep(payload: dict[str, Any], _message: int) -> None:
    edition = Edition.objects.filter(pk=payload["edition"]).first()
    if edition is not None:
        derive(edition)


def _shapes(
    made: ShapeSet, layer: Layer, level: int, edition: Edition, simplified: "_Areas"
) -> Iterable[Shape]:
    rows = layer.rows(edition, _EVERYBODY).values(
        *layer.own, **layer.derived, wkb=AsWKB(Transform(layer.drawn, WEB_MERCATOR))
    )
    for row in rows:
        whole = bytes(row.pop("wkb"))
        drawn = whole if level == FULL else simplified.at(level)[layer.name, row["code"]]
        yield Shape(
            shape_set=made,
            layer=layer.name,
            zoom=level,
            code=row["code"],
            attributes=row,
            geometry_3857=GEOSGeometry(memoryview(drawn), srid=WEB_MERCATOR),
        )


class _Areas:
    """The grids and regions of an edition, simplified together, by level."""

    def __init__(self, edition: Edition) -> None:
        grids = _read(Grid, edition, F("region__code"))
        regions = _read(Region, edition, F("parent__code"))
        self._codes, self._grids, self._regions = grids.codes, grids.drawn, regions
        # Publishing proves it; a coverage that is none is drawn whole at every level.
        self._sound = len(self._grids) > 0 and bool(shapely.coverage_is_valid(self._grids))
        self._members = _members(grids, regions) if self._sound else {}
        self._made: dict[int, dict[tuple[str, str], bytes]] = {}

    def at(self, level: int) -> dict[tuple[str, str], bytes]:
        """Well-known binary of every area by layer and code, for the zooms down to `level`."""
        if level not in self._made:
            grids = _simplified(self._grids, level) if self._sound else self._grids
            found = {("grids", code): shape for code, shape in zip(self._codes, grids, strict=True)}
            for code, whole in zip(self._regions.codes, self._regions.drawn, strict=True):
                at = self._members.get(code)
                found["regions", code] = shapely.coverage_union_all(grids[at]) if at else whole
            self._made[level] = {key: shapely.to_wkb(shape) for key, shape in found.items()}
        return self._made[level]


class _Rows:
    """Codes, the code of what each row belongs to, and its ground: as stored, and projected."""

    def __init__(self, rows: list[tuple[str, str | None, bytes, bytes]]) -> None:
        self.codes = [row[0] for row in rows]
        self.above = [row[1] for row in rows]
        self.stored: Geometries = np.asarray(shapely.from_wkb([bytes(row[2]) for row in rows]))
        self.drawn: Geometries = np.asarray(shapely.from_wkb([bytes(row[3]) for row in rows]))


def _read(model: type[Grid] | type[Region], edition: Edition, above: F) -> _Rows:
    rows = model.objects.of(edition).order_by("code")
    wkb, projected = AsWKB("geometry"), AsWKB(Transform("geometry", WEB_MERCATOR))
    return _Rows(list(rows.values_list("code", above, wkb, projected)))


def _members(grids: _Rows, regions: _Rows) -> dict[str, list[int]]:
    """The places in `grids` of what makes up each region that is exactly the union of its grids.

    Such a region is drawn as one, so that its border and theirs coincide at every level.
    """
    above = dict(zip(regions.codes, regions.above, strict=True))
    held: dict[str, list[int]] = {}
    for at, region in enumerate(grids.above):
        for code in (region, above.get(region or "")):
            if code:
                held.setdefault(code, []).append(at)
    return {
        code: held[code]
        for code, ground in zip(regions.codes, regions.stored, strict=True)
        if code in held
        and shapely.equals(shapely.coverage_union_all(grids.stored[held[code]]), ground)
    }


def _simplified(shapes: Geometries, level: int) -> Geometries:
    unit_m = EQUATOR_M / 2**level / EXTENT
    return np.asarray(shapely.coverage_simplify(shapes, TOLERANCE_UNITS * unit_m))
