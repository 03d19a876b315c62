"""A district's working day as its phones send it: shifts and fixes over HTTP, replays and dirt in.

`python -m tests.district_day WORKERS` fills a site of its own with workers, one to a grid in turn,
and tells who they are; with `demo`, the grids and people are those of the demonstration.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tests.own_site import OwnSite

FloatArray = NDArray[np.float64]

EVERY_S, BATCH, PHONES = 10, 720, 4
PACE_M_S = 1.2
DEMO, TOWN = "370212", "370299"
REPLAYS, ASTRAY = 0.3, 0.2
# Beside the walk each worker sends one fix of each: refused with a reason, or stored and marked.
REFUSED = ("shift_unknown", "in_the_future")
MARKED = (1, 2, 4)  # inaccurate, at zero island, at an impossible speed


@dataclass
class Walker:
    """A worker, and the positions of their day in degrees (WGS-84)."""

    pk: int
    token: str
    grid: str
    ground: BaseGeometry
    lon: FloatArray = field(default_factory=lambda: np.zeros(0))
    lat: FloatArray = field(default_factory=lambda: np.zeros(0))
    is_on: bool = True


@dataclass
class Day:
    """A day of `hours` that ends now; `heard` counts what the service said of each row."""

    site: OwnSite
    walkers: list[Walker]
    centre: str
    srid_m: int
    began: datetime
    hours: float
    heard: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """The fixes of one worker."""
        return int(self.hours * 3600 / EVERY_S)

    def get(self, path: str) -> Any:
        status, told = ask(self.site.wishes.port, "GET", path, self.centre)
        assert status == 200, (path, status, told)
        return told


def fill(site: OwnSite, workers: int, hours: float, *, demo: bool = False) -> Day:
    """People with tokens, and where each of them walks."""
    words = ["-m", "tests.district_day", str(workers), *(["demo"] if demo else [])]
    filled = site.run(*words)
    assert filled.returncode == 0, filled.stderr[-2000:]
    told = json.loads(filled.stdout.splitlines()[-1])
    walkers = [
        Walker(one["pk"], one["token"], one["grid"], shapely.from_wkb(bytes.fromhex(one["ground"])))
        for one in told["workers"]
    ]
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours, seconds=30)
    day = Day(site, walkers, told["centre"], told["srid_m"], began, hours)
    back = pyproj.Transformer.from_crs(day.srid_m, 4326, always_xy=True)
    for walker in walkers:
        rng = np.random.default_rng(walker.pk)
        x, y = _walk(walker.ground, day.count, rng)
        walker.is_on = bool(rng.random() < 0.5)
        if walker.is_on and rng.random() < ASTRAY:
            x = x + _way_out(walker.ground, day.count)
        lon, lat = back.transform(x, y)
        walker.lon, walker.lat = np.round(lon, 7), np.round(lat, 7)
    return day


def _walk(ground: BaseGeometry, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """From spot to spot of the grid and a little over its border, with rests; metres."""
    west, south, east, north = ground.buffer(40.0).bounds
    stride, heading = PACE_M_S * EVERY_S, rng.uniform(0, 2 * np.pi)
    at = shapely.get_coordinates(shapely.point_on_surface(ground))[0]
    steps = np.empty((count, 2))
    for k in range(count):
        heading += rng.normal(0, 0.15)
        step = stride * np.array([np.cos(heading), np.sin(heading)]) * (rng.random() > 0.25)
        beyond = at + step
        if not (west <= beyond[0] <= east and south <= beyond[1] <= north):
            heading += np.pi / 2
            beyond = at
        steps[k] = at = beyond
    return steps[:, 0], steps[:, 1]


def _way_out(ground: BaseGeometry, count: int) -> FloatArray:
    """How far east of the walk somebody is who leaves the grid at the end; metres, (count,)."""
    west, _, east, _ = ground.bounds
    return (east - west + 400.0) * np.clip((np.arange(count) - count + 120) / 40.0, 0.0, 1.0)


def send(day: Day) -> None:
    """All of it, by a few phones at once, a worker after the other on each."""
    waiting, lock = iter(day.walkers), threading.Lock()

    def phone(number: int) -> Counter[str]:
        chance, heard = random.Random(number), Counter[str]()
        while True:
            with lock:
                walker = next(waiting, None)
            if walker is None:
                return heard
            heard += _send_one(day, walker, chance)

    with ThreadPoolExecutor(PHONES) as phones:
        for heard in phones.map(phone, range(PHONES)):
            day.heard += heard


def _send_one(day: Day, walker: Walker, chance: random.Random) -> Counter[str]:
    port, heard = day.site.wishes.port, Counter[str]()
    shift = {"device": "phone", "started_at": day.began.isoformat()}
    status, told = ask(port, "POST", "/api/v1/patrols/shifts", walker.token, shift)
    assert status == 201, (status, told)
    rows = list(_rows(day, walker))
    batches = [rows[k : k + BATCH] for k in range(0, len(rows), BATCH)]
    for batch in batches:
        for _ in range(1 + (chance.random() < REPLAYS)):
            status, said = ask(port, "POST", "/api/v1/patrols/fixes", walker.token, batch)
            assert status == 200, (status, said)
            heard["stored"] += said["stored"]
            heard["duplicates"] += said["duplicates"]
            heard.update(one["reason"] for one in said["refused"])
            assert said["stored"] + said["duplicates"] + len(said["refused"]) == len(batch)
    if not walker.is_on:
        ended = day.began + timedelta(seconds=day.count * EVERY_S)
        path = f"/api/v1/patrols/shifts/{told['id']}/end"
        status, said = ask(port, "POST", path, walker.token, {"ended_at": ended.isoformat()})
        assert status == 200, (status, said)
    return heard


def _rows(day: Day, walker: Walker) -> Iterator[dict[str, Any]]:
    """The walk in the order of time, with one wrong fix of each kind among it."""
    for k in range(day.count):
        yield _row(day, k, walker.lon[k], walker.lat[k])
        if k == day.count // 2:
            yield from _dirt(day, walker, k)


def _dirt(day: Day, walker: Walker, k: int) -> Iterator[dict[str, Any]]:
    lon, lat, half = walker.lon[k], walker.lat[k], EVERY_S / 2
    yield _row(day, -400, lon, lat, sequence=90_000)
    yield _row(day, 3 * day.count + 1_000, lon, lat, sequence=90_001)
    yield _row(day, k, 0.0, 0.0, sequence=90_002, later_s=half - 2)
    yield _row(day, k, lon, lat, sequence=90_003, later_s=half, accuracy_m=800.0)
    yield _row(day, k, lon + 0.05, lat, sequence=90_004, later_s=half + 2)


def _row(
    day: Day, k: int, lon: float, lat: float, *, sequence: int | None = None, later_s: float = 0.0,
    accuracy_m: float = 6.0,
) -> dict[str, Any]:  # fmt: skip
    return {
        "device": "phone", "sequence": k if sequence is None else sequence,
        "time": day.began.timestamp() + k * EVERY_S + later_s, "lon": float(lon), "lat": float(lat),
        "datum": "wgs84", "accuracy_m": accuracy_m, "battery": 70,
    }  # fmt: skip


def ask(port: int, method: str, path: str, token: str, body: Any = None) -> tuple[int, Any]:
    """Status and answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    line.request(method, path, None if body is None else json.dumps(body), headers)
    answer = line.getresponse()
    told = answer.read()
    line.close()
    return answer.status, json.loads(told or b"null")


def main() -> None:
    """Fill the database that `DATABASE_URL` names, and print who is in it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")
    django.setup()
    from django.contrib.gis.db.models.functions import AsWKB, Transform
    from django.core.management import call_command

    from gis.ledger.services import tokens
    from grids.choices import PostKind, Role
    from grids.models import Edition, Grid, Place, Post, User
    from tests.factories import make_post, make_user

    count, is_demo = int(sys.argv[1]), "demo" in sys.argv
    if is_demo:
        call_command("load_demo", verbosity=0)
    place = Place.objects.get(code=DEMO if is_demo else TOWN)
    edition = Edition.objects.in_force(place)
    assert edition is not None
    ground = AsWKB(Transform("geometry", place.srid_m))
    grids = list(Grid.objects.of(edition).order_by("code").annotate(ground=ground))
    now = datetime.now(UTC)
    told = []
    for k in range(count):
        grid = grids[k % len(grids)]
        posts = Post.objects.at(now).filter(grid=grid, role=Role.WORKER, kind=PostKind.PRINCIPAL)
        held = posts.first() if is_demo else None
        worker = held.user if held else make_user(f"day-{k}", place)
        if held is None:
            make_post(worker, Role.WORKER, kind=PostKind.PART_TIME, grid=grid)
        token, _ = tokens.issue(user=worker, now=now)
        told.append(
            {"pk": worker.pk, "token": token, "grid": grid.code, "ground": bytes(grid.ground).hex()}
        )
    centre = User.objects.get(username="centre" if is_demo else f"{TOWN}-centre")
    token, _ = tokens.issue(user=centre, now=now)
    sys.stdout.write(json.dumps({"workers": told, "centre": token, "srid_m": place.srid_m}) + "\n")


if __name__ == "__main__":
    main()
