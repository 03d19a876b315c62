"""What a tile is stamped with, so that no cache can show an old border as a new one."""

import hashlib

from django.db import connection

from grids.models import Edition
from maps.tiles.address import Tile
from maps.tiles.draw import DRAWING, shapes_of
from maps.tiles.layers import Layer

LENGTH = 20


def version_of(layer: Layer, edition: Edition) -> str | None:
    """Return the stamp of what `layer` holds: the same stamp means the same bytes.

    None for a draft that has no digest, and may therefore change between two requests.
    """
    if not layer.of_edition:
        return _digest(layer.name, edition.place.code, _stations(edition.place_id))
    if not edition.digest:
        return None
    source = "shapes" if shapes_of(layer, edition) else "storage"
    return _digest(layer.name, edition.place.code, edition.name, edition.digest, source)


def etag_of(version: str, layer: Layer, tile: Tile, scope: str) -> str:
    """Return the strong entity tag of one tile, without quotes and without its coding."""
    return _digest(version, layer.name, f"{tile.z}/{tile.x}/{tile.y}", scope)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join([str(DRAWING), *parts]).encode()).hexdigest()[:LENGTH]


def _stations(place_id: int) -> str:
    """Stations change on any day, whatever the edition: their stamp is taken from their rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(md5(string_agg(concat_ws('|', code, name, level, position::text),"
            " ';' ORDER BY code)), '') FROM grids_station WHERE place_id = %s",
            [place_id],
        )
        return str(cursor.fetchone()[0])
