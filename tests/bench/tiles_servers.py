"""tipg and the site side by side: the same uvicorn, the same processes, the same PostGIS."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.db import connection

from gis.ground import paths, venv

WORKERS = 2
PATIENCE_S = 60
SCHEMA = "bench_tiles"
TIPG = paths.TOOLS / "tipg"

# What a map gets of each grid: the attributes of our layer, for tipg to read. `near` is the
# strongest form that tipg can be given: a table of its own, projected and indexed.
TABLES = f"""
    DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;
    CREATE SCHEMA {SCHEMA};
    CREATE VIEW {SCHEMA}.grids AS
        SELECT g.code, g.name, g.geometry AS geom, r.name AS community,
            CASE WHEN g.code ~ '^[0-9]{{15}}$' THEN right(g.code, 2) ELSE g.name END AS number
        FROM grids_grid g LEFT JOIN grids_region r ON r.id = g.region_id
        WHERE g.edition_id = %s;
    CREATE TABLE {SCHEMA}.near AS
        SELECT code, name, community, number,
            ST_Transform(geom, 3857)::geometry(MultiPolygon, 3857) AS geom
        FROM {SCHEMA}.grids;
    CREATE INDEX ON {SCHEMA}.near USING gist (geom);
    ANALYZE {SCHEMA}.near;
"""


@dataclass(frozen=True)
class Ports:
    """Where each server listens on 127.0.0.1."""

    tipg: int
    cold: int
    warm: int


@contextlib.contextmanager
def serving(edition_id: int) -> Iterator[Ports]:
    """tipg on the grids of the edition, the site drawing every tile, the site as it is."""
    venv.install_apart("tipg", paths.REQUIREMENTS / "bench.lock", TIPG)
    with connection.cursor() as cursor:
        cursor.execute(TABLES.replace("%s", str(int(edition_id))))
    ports = Ports(*_free_ports(3))
    children: list[subprocess.Popen[bytes]] = []
    try:
        children.append(_start("tipg.main:app", ports.tipg, _tipg_environment()))
        children.append(_site(ports.cold, {"BENCH_COLD": "1"}))
        children.append(_site(ports.warm, {}))
        listening = (ports.tipg, "/healthz"), (ports.cold, "/limit"), (ports.warm, "/limit")
        for child, (port, path) in zip(children, listening, strict=True):
            _wait(child, port, path)
        yield ports
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def _start(application: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "uvicorn", application, "--port", str(port)]
    words += ["--workers", str(WORKERS), "--no-access-log", "--log-level", "warning"]
    log = paths.LOGS / f"bench-{application.split('.')[0]}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as said:
        return subprocess.Popen(
            words, cwd=paths.ROOT, env={**os.environ, **environment}, stdout=said, stderr=said
        )


def _site(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.tiles_settings", "WANGGE_DB_POOL": "1"}
    public = {"WANGGE_PUBLIC_READS": "1"}
    return _start("tests.bench.tiles_site:application", port, {**settings, **public, **environment})


def _tipg_environment() -> dict[str, str]:
    held = connection.settings_dict
    secret = f":{quote(held['PASSWORD'], safe='')}" if held["PASSWORD"] else ""
    host = quote(str(held["HOST"] or "localhost"), safe="")
    port = f":{held['PORT']}" if held["PORT"] else ""
    return {
        "DATABASE_URL": f"postgresql://{held['USER']}{secret}@{host}{port}/{held['NAME']}",
        "TIPG_DB_SCHEMAS": f'["{SCHEMA}"]',
        # It would look for new tables while it is being timed.
        "TIPG_CATALOG_TTL": "0",
        "PYTHONPATH": str(TIPG),
    }


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _wait(child: subprocess.Popen[bytes], port: int, path: str) -> None:
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit and child.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            fetch(port, path)
            return
        time.sleep(0.2)
    raise SystemExit(f"{child.args!r} did not start, see {paths.LOGS}")


def fetch(port: int, path: str) -> bytes:
    """The content at `path` of a server of this machine, uncompressed."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return bytes(answer.read())
