"""The address of a tile, read strictly: a number out of range is named, never computed with."""

import re
from dataclasses import dataclass

from gis.kernel.errors import InvalidInput

DEEPEST = 22
_NUMBER = re.compile(r"\A[0-9]{1,8}\Z")


@dataclass(frozen=True)
class Tile:
    """A square of the web map: `0 <= x, y < 2**z`, `0 <= z <= 22`, y grows southward."""

    z: int
    x: int
    y: int


def read_tile(z: str, x: str, y: str) -> Tile:
    """Return the tile of three path segments.

    Raises `InvalidInput` with the segment's name when it is no number or lies outside the pyramid.
    """
    zoom = _read("z", z, DEEPEST)
    last = 2**zoom - 1
    return Tile(zoom, _read("x", x, last), _read("y", y, last))


def _read(name: str, text: str, last: int) -> int:
    if not _NUMBER.match(text) or int(text) > last:
        raise InvalidInput(f"应为 0 到 {last} 的整数。(Must be a whole number, 0 to {last}.)", name)
    return int(text)
