"""One tile is one SQL statement, and this is the only place where it is made."""

import psycopg
from django.contrib.gis.db.models.functions import Transform
from django.db import connection
from django.db.models import Value

from gis.db.fields import STORAGE_SRID
from gis.db.functions import AsMVTGeom, TileEnvelope
from grids.models import Edition
from grids.querysets import Viewer
from maps.models import ShapeSet
from maps.tiles.address import Tile
from maps.tiles.layers import Layer

EXTENT = 4096
WEB_MERCATOR = 3857
# Raise it when the same edition must give other bytes: attributes, buffer, extent, order, levels.
# Shapes of another drawing then count as none, until they are derived anew.
DRAWING = 2

# One row for a set that is there, none for one that is gone: an empty tile is not a missing one.
_FROM_SHAPES = """
SELECT (
    SELECT ST_AsMVT(tile, %(layer)s::text, 4096, 'geom') FROM (
        SELECT attributes, ST_AsMVTGeom(
            geometry_3857, ST_TileEnvelope(%(z)s::int, %(x)s::int, %(y)s::int),
            4096, %(buffer)s::int, true
        ) AS geom
        FROM maps_shape
        WHERE shape_set_id = shape_set.id AND layer = %(layer)s::text AND zoom = %(level)s::int2
            AND geometry_3857 && ST_TileEnvelope(
                %(z)s::int, %(x)s::int, %(y)s::int, margin => %(margin)s::float8
            )
        ORDER BY code
    ) AS tile
) FROM maps_shapeset shape_set WHERE id = %(shape_set)s::bigint
"""


def shapes_of(layer: Layer, edition: Edition) -> ShapeSet | None:
    """The shapes that `layer` of `edition` is drawn from; None where there are none that fit."""
    found: ShapeSet | None = getattr(edition, "shape_set", None) if layer.levels else None
    if found is None or not edition.digest:
        return None
    return found if (found.digest, found.manner) == (edition.digest, DRAWING) else None


def draw(layer: Layer, edition: Edition, tile: Tile, user: Viewer) -> bytes:
    """Return the Mapbox Vector Tile (version 2) of `layer` in `edition` as `user` may see it.

    `user` is one who may see the edition: whoever sees it sees all of its territory.
    """
    shapes = shapes_of(layer, edition)
    # None when it was made anew after the edition had been read.
    drawn = draw_shapes(layer, shapes.pk, tile) if shapes else None
    return _draw_storage(layer, edition, tile, user) if drawn is None else drawn


def draw_shapes(layer: Layer, shape_set: int, tile: Tile) -> bytes | None:
    """Return the tile drawn from a set of shapes by its key, or None when the set is gone.

    The statement is prepared once on each connection. Neighbours were simplified together and share
    their vertices, so they share them after snapping to the tile's raster, and no border cracks.
    """
    if tile.z < layer.minzoom:
        return b""
    asked = {
        "layer": layer.name,
        "shape_set": shape_set,
        "level": layer.level(tile.z),
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "buffer": layer.buffer,
        "margin": layer.buffer / EXTENT,
    }
    connection.ensure_connection()
    # Django's own cursor writes values into the text, which would be planned anew for every tile.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_FROM_SHAPES, asked, prepare=True, binary=True)
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def _draw_storage(layer: Layer, edition: Edition, tile: Tile, user: Viewer) -> bytes:
    """Draw the rows as they are stored: plans, and what no shapes were derived from (yet).

    Nothing is simplified but by snapping to the tile's own 4096 × 4096 raster.
    """
    if tile.z < layer.minzoom:
        return b""
    place = (Value(tile.z), Value(tile.x), Value(tile.y))
    envelope = TileEnvelope(*place)
    reach = TileEnvelope(*place, margin=layer.buffer / EXTENT)
    rows = (
        layer.rows(edition, user)
        .filter(**{f"{layer.column}__bboverlaps": Transform(reach, STORAGE_SRID)})
        .values(
            *layer.own,
            **layer.derived,
            geom=AsMVTGeom(
                Transform(layer.drawn, WEB_MERCATOR),
                envelope,
                Value(EXTENT),
                Value(layer.buffer),
                Value(True),
            ),
        )
    )
    inner, parameters = rows.query.sql_with_params()
    # `inner` is the ORM's own text with placeholders; every value travels as a parameter.
    statement = "SELECT ST_AsMVT(tile, %s, %s, 'geom') FROM (" + inner + ") AS tile"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [layer.name, EXTENT, *parameters])
        return bytes(cursor.fetchone()[0])
