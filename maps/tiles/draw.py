"""One tile is one SQL statement, and this is the only place where it is made."""

from django.contrib.gis.db.models.functions import Transform
from django.db import connection
from django.db.models import Value

from gis.db.fields import STORAGE_SRID
from gis.db.functions import AsMVTGeom, TileEnvelope
from grids.models import Edition
from grids.querysets import Viewer
from maps.tiles.address import Tile
from maps.tiles.layers import Layer

EXTENT = 4096
WEB_MERCATOR = 3857
# Raise it when the same edition must give other bytes: attributes, buffer, extent, order.
DRAWING = 1


def draw(layer: Layer, edition: Edition, tile: Tile, user: Viewer) -> bytes:
    """Return the Mapbox Vector Tile (version 2) of `layer` in `edition` as `user` may see it.

    Nothing is simplified but by snapping to the tile's own 4096 × 4096 raster: neighbours share
    their vertices in storage, so they share them after snapping, and no border cracks.
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
