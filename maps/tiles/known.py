"""What this process learnt of public editions, so that a tile of one needs no question to find it.

A published edition cannot change, so what is learnt stays true; it is forgotten after a minute all
the same, as a plain tile may be a minute old, so that a removed edition goes from everywhere.
"""

import time
from dataclasses import dataclass

FRESH_S = 60.0
MOST = 1000


@dataclass(frozen=True)
class Known:
    """The stamp of a layer of a public edition, and the key of the shapes that it is drawn from."""

    version: str
    shape_set: int
    until: float


_known: dict[tuple[str, str, str], Known] = {}


def learn(layer: str, place: str, edition: str, *, version: str, shape_set: int) -> None:
    """Note what the database has just said of an edition that anybody may see."""
    if len(_known) >= MOST:
        _known.clear()
    _known[layer, place, edition] = Known(version, shape_set, time.monotonic() + FRESH_S)


def recall(layer: str, place: str, edition: str) -> Known | None:
    """What was learnt of the layer within the last minute."""
    found = _known.get((layer, place, edition))
    return found if found is not None and time.monotonic() < found.until else None


def forget() -> None:
    """Ask the database again from now on."""
    _known.clear()
