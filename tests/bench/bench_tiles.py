"""Vector tiles of the grids over HTTP: the site beside tipg, with the same features in each tile.

    make bench ARGS=tiles

Both run under the same uvicorn with the same number of processes, and are asked for gzip over
connections that are kept. Before anything is timed, every tile of both is decoded and must hold the
same features with the same attributes. Rounds alternate; trust the ratios of a round, not the
absolute figures: clients, servers and PostGIS share the machine.
"""

import importlib
import math
import random
import statistics
import sys
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.management import call_command
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from grids.choices import EditionState
from grids.models import Edition
from maps.selectors import Box, extent_of
from maps.tiles.derive import derive
from maps.tiles.draw import EXTENT
from tests.bench.http_load import get, load
from tests.bench.tiles_servers import SCHEMA, TIPG, WORKERS, Ports, fetch, serving

ZOOMS = range(10, 17)
MOST_TILES = 60
ROUNDS = 5
SECONDS = 0.6
CONNECTIONS = 8
COLD_LIMIT = {z: 2.5 if z >= 14 else 1.0 for z in ZOOMS}
WARM_LIMIT = 0.75
# The tile, in its own units, but for what simplifying can move across its edge.
_INNER = box(16, 16, EXTENT - 16, EXTENT - 16)

Zxy = tuple[int, int, int]
Feature = tuple[tuple[str, Any], ...]


@dataclass
class Contender:
    """Who is asked for what, and how many answers a second came in each round."""

    name: str
    port: int
    paths: list[str]
    per_second: list[float] = field(default_factory=list)
    p95_ms: list[float] = field(default_factory=list)

    def run(self, seconds: float, *, counted: bool = True) -> None:
        asked = [get(path, packed=True) for path in self.paths]
        found = load(self.port, asked, connections=CONNECTIONS, seconds=seconds)
        if counted:
            self.per_second.append(found.per_second)
            self.p95_ms.append(statistics.quantiles(found.latencies_s, n=20)[-1] * 1e3)


def main() -> None:
    """Print the table."""
    edition = _edition()
    if edition is None:
        print("没有现行区划，跳过 (no edition is in force: left out). make run loads one.")
        return
    derive(edition)
    with serving(edition.pk) as ports:
        stamp = _stamp(ports, edition)
        extent = extent_of(edition)
        print(f"{WORKERS} processes each, {CONNECTIONS} connections, gzip, answers/s")
        print(
            f"{'z':>3}{'tiles':>6}{'tipg view':>11}{'tipg table':>11}{'cold':>8}{'p95 ms':>8}"
            f"{'÷view':>7}{'÷table':>7}{'limit':>6}      {'warm':>7}{'empty':>7}{'÷empty':>7}"
            f"{'limit':>6}      {'server':>7}"
        )
        for z in ZOOMS:
            _measure(z, _tiles(z, extent), ports, stamp)
    print("every tile of both was decoded: the same features, the same attributes")


def _edition() -> Edition | None:
    """The edition in force; a demo installation gets its district first."""
    in_force = Edition.objects.filter(state=EditionState.IN_FORCE).select_related("place")
    if settings.DEMO:
        call_command("prepare", verbosity=0)
    return in_force.order_by("place").first()


def _measure(z: int, tiles: list[Zxy], ports: Ports, stamp: str) -> None:
    tiles = [tile for tile in tiles if _agree(tile, ports, stamp)]
    view, table, cold, warm, empty, limit = contenders = [
        Contender("tipg view", ports.tipg, [_tipg("grids", tile) for tile in tiles]),
        Contender("tipg table", ports.tipg, [_tipg("near", tile) for tile in tiles]),
        Contender("cold", ports.cold, [_ours(tile, stamp) for tile in tiles]),
        Contender("warm", ports.warm, [_ours(tile, stamp) for tile in tiles]),
        Contender("empty", ports.warm, ["/empty"]),
        Contender("limit", ports.warm, ["/limit"]),
    ]
    for each in contenders:
        each.run(0.4, counted=False)
    for _ in range(ROUNDS):
        for each in contenders:
            each.run(SECONDS)
    by_view, by_table = _ratio(cold, view), _ratio(cold, table)
    by_empty, slowest_ms = _ratio(warm, empty), statistics.median(cold.p95_ms)
    cold_passed, warm_passed = by_view >= COLD_LIMIT[z], by_empty >= WARM_LIMIT
    print(
        f"{z:3}{len(tiles):6}{_median(view):11.0f}{_median(table):11.0f}{_median(cold):8.0f}"
        f"{slowest_ms:8.1f}{by_view:7.2f}{by_table:7.2f}"
        f"{COLD_LIMIT[z]:6.2f} {_verdict(cold_passed)}{_median(warm):7.0f}{_median(empty):7.0f}"
        f"{by_empty:7.2f}{WARM_LIMIT:6.2f} {_verdict(warm_passed)}{_median(limit):7.0f}",
        flush=True,
    )


def _median(contender: Contender) -> float:
    return statistics.median(contender.per_second)


def _ratio(ours: Contender, theirs: Contender) -> float:
    pairs = zip(ours.per_second, theirs.per_second, strict=True)
    return statistics.median(a / b for a, b in pairs)


def _verdict(passed: bool) -> str:
    return "pass " if passed else "FAIL "


def _tipg(table: str, tile: Zxy) -> str:
    z, x, y = tile
    return f"/collections/{SCHEMA}.{table}/tiles/WebMercatorQuad/{z}/{x}/{y}"


def _ours(tile: Zxy, stamp: str) -> str:
    z, x, y = tile
    return f"/tiles/grids/{z}/{x}/{y}.mvt?{stamp}"


def _stamp(ports: Ports, edition: Edition) -> str:
    """The query that TileJSON gives, with the edition and its stamp."""
    document = fetch(
        ports.warm, f"/tiles/grids.json?place={edition.place.code}&edition={edition.name}"
    ).decode()
    return document.split(".mvt?")[1].split('"')[0]


def _tiles(z: int, extent: Box) -> list[Zxy]:
    """The tiles over the extent, or as many of them, in an order that is always the same."""
    west, south, east, north = extent
    left, top = _tile_of(west, north, z)
    right, bottom = _tile_of(east, south, z)
    found = [(z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    random.Random(z).shuffle(found)
    return found[:MOST_TILES]


def _tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    share = 0.5 - math.asinh(math.tan(math.radians(lat))) / math.tau
    return int((lon + 180) / 360 * 2**z), int(share * 2**z)


def _agree(tile: Zxy, ports: Ports, stamp: str) -> bool:
    """Whether the tile holds anything; ends the run when the two are not alike.

    tipg leaves out what lies in the margin around the tile only, and ours does not: ours may hold
    more, which is to its disadvantage, but nothing of the tile itself may differ.
    """
    ours = _decoded(fetch(ports.cold, _ours(tile, stamp)))
    within = {feature for feature, ground in ours if ground.intersects(_INNER)}
    for table in ("grids", "near"):
        theirs = _decoded(fetch(ports.tipg, _tipg(table, tile)))
        held = {feature for feature, _ in theirs}
        if len(held) != len(theirs) or not within <= held <= {feature for feature, _ in ours}:
            raise SystemExit(
                f"{tile}: {len(ours)} ({len(within)}) features, {table} has {len(theirs)}"
            )
    return bool(within)


def _decoded(content: bytes) -> list[tuple[Feature, BaseGeometry]]:
    """The attributes and ground of each feature, read by a library that neither of the two uses."""
    if not content:
        return []
    if str(TIPG) not in sys.path:
        sys.path.append(str(TIPG))
    layers = importlib.import_module("mapbox_vector_tile").decode(content)
    return [
        (tuple(sorted(feature["properties"].items())), shape(feature["geometry"]))
        for layer in layers.values()
        for feature in layer["features"]
    ]
