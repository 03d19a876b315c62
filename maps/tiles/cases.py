"""Cases as vector tiles, clustered here and not in the browser: sums over the tiles of one zoom
level equal the list, whatever the browser loads.

The web map of zoom z is cut into 2^z × `cells` squares each way, numbered once for the whole map.
A case is in one square, and a square in one tile, so nothing is counted twice at a border or lost.
A square that holds one case tells it; one that holds several tells how many of each kind.
"""

from __future__ import annotations

import math
from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

from gis.db.functions import XOf, YOf
from incidents.choices import Kind
from maps.tiles.address import Tile

CELLS, FEWEST_CELLS, MOST_CELLS = 32, 4, 64
EXTENT = 4096
LAYER = "cases"
# Web Mercator ends there (EPSG:3857); what lies beyond is shown at its edge.
HIGHEST_LAT = 85.0511287798066
# `position && box` must not lose a case on the tile's edge to rounding.
_MARGIN_DEG = 1e-9

_COUNTS = ", ".join(f"count(*) FILTER (WHERE kind = '{kind}') AS {kind}" for kind in Kind.values)
_STATEMENT = """
WITH found AS ({rows}),
placed AS (
  SELECT *,
    (lon + 180) / 360 * %(across)s AS x,
    (1 - asinh(tan(radians(least(greatest(lat, -%(highest)s), %(highest)s)))) / pi()) / 2
      * %(across)s AS y
  FROM found
),
squared AS (
  SELECT *,
    least(greatest(floor(x), 0), %(across)s - 1)::bigint AS col,
    least(greatest(floor(y), 0), %(across)s - 1)::bigint AS row
  FROM placed
),
clusters AS (
  SELECT count(*) AS n, {counts},
    CASE WHEN count(*) = 1 THEN min(number) END AS number,
    CASE WHEN count(*) = 1 THEN min(kind) END AS kind,
    CASE WHEN count(*) = 1 THEN max(extract(epoch FROM closed_at))::bigint END AS closed,
    CASE WHEN count(*) = 1 THEN max(extract(epoch FROM due_at))::bigint END AS due,
    max(extract(epoch FROM received_at))::bigint AS newest,
    ST_MakePoint(
      (avg(x) - %(left)s) / %(cells)s * {extent}, (avg(y) - %(top)s) / %(cells)s * {extent}
    ) AS geom
  FROM squared
  WHERE col >= %(left)s AND col < %(left)s + %(cells)s
    AND row >= %(top)s AND row < %(top)s + %(cells)s
  GROUP BY col, row
  ORDER BY n, newest
)
SELECT ST_AsMVT(clusters, '{layer}', {extent}, 'geom') FROM clusters
"""


def box_of(tile: Tile) -> Polygon:
    """The square of a tile in degrees (EPSG:4326); the outermost tiles reach to the poles."""
    size = 2**tile.z
    west, east = (360 * x / size - 180 for x in (tile.x, tile.x + 1))
    north = 90.0 if tile.y == 0 else _latitude(tile.y / size)
    south = -90.0 if tile.y == size - 1 else _latitude((tile.y + 1) / size)
    box: Polygon = Polygon.from_bbox(
        (west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)
    )
    box.srid = 4326
    return box


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


def draw_cases(rows: QuerySet[Any], tile: Tile, cells: int = CELLS) -> bytes:
    """Return the Mapbox Vector Tile of `rows` (cases): layer `cases`, one point for each square.

    Attributes: `n`, a count for each kind, `newest` (epoch seconds), and for a single case its
    `number` and `kind`, and when it was `closed` and is `due` (epoch seconds, where it is so).
    """
    wanted = (
        rows.filter(position__bboverlaps=box_of(tile))
        .order_by()
        .values(
            "number",
            "kind",
            "received_at",
            "closed_at",
            "due_at",
            lon=XOf(F("position")),
            lat=YOf(F("position")),
        )
    )
    try:
        inner, parameters = wanted.query.sql_with_params()
    except EmptyResultSet:  # who holds no ground sees nothing, without asking
        return b""
    across = 2**tile.z * cells
    values = {
        "across": across,
        "highest": HIGHEST_LAT,
        "left": tile.x * cells,
        "top": tile.y * cells,
        "cells": cells,
    }
    # The ORM's own text with its placeholders named, so that both sets of parameters can be given.
    named = {f"p{k}": value for k, value in enumerate(parameters)}
    text = inner % tuple(f"%({name})s" for name in named)
    statement = _STATEMENT.format(rows=text, counts=_COUNTS, extent=EXTENT, layer=LAYER)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, **named})
        return bytes(cursor.fetchone()[0])
