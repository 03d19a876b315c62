"""A whole site of its own: cluster, Redis, web, worker and beat, as `make run` starts them.

Everything is in a directory that is gone afterwards; the cluster of the test session is not
touched. Processes are started and restarted by the supervisor of `gis.ground`, so that what is
killed comes back in the way it does in an installation.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gis.ground import broker, cluster, environment, paths, site, venv
from gis.ground.supervisor import Program, Running, Supervisor

ALL = ("web", "worker", "beat")


@dataclass
class OwnSite:
    """A running site. Call `look` often: nothing that fell is started again otherwise."""

    folder: Path
    wishes: environment.Wishes
    supervisor: Supervisor
    variables: Mapping[str, str]

    def look(self) -> None:
        self.supervisor.look()

    def running(self, name: str) -> Running:
        return next(one for one in self.supervisor.running if one.program.name == name)

    def pid(self, name: str) -> int | None:
        """The process of that part; None while it is down."""
        process = self.running(name).process
        return None if process is None or process.poll() is not None else process.pid

    def until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for `ready` while looking after every part."""
        limit = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < limit, f"{what}: not within {seconds:.0f} s"
            self.look()
            time.sleep(0.05)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the caller's own, beside the site's."""
        return psycopg.connect(self.variables["DATABASE_URL"], autocommit=True)

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(sql, values).fetchall()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command on this site's database."""
        return subprocess.run(
            [str(venv.PYTHON), *words],
            env={**os.environ, **self.variables},
            cwd=paths.ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def log(self, name: str) -> str:
        return self.running(name).program.log.read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_site(*parts: str, **variables: str) -> Iterator[OwnSite]:
    """A site with the town of `tests.town` and those of `ALL`; `variables` are its environment."""
    prefix = paths.prefix()
    with (
        tempfile.TemporaryDirectory(prefix="wangge-site-", ignore_cleanup_errors=True) as name,
        pytest.MonkeyPatch.context() as patch,
    ):
        folder = Path(name)
        folder.chmod(0o755)  # the services' user must get in
        patch.setattr(paths, "VAR", folder)
        patch.setattr(paths, "LOGS", folder / "log")
        patch.setattr(paths, "state", lambda: folder)
        patch.setattr(paths, "prefix", lambda: prefix)
        wishes = environment.Wishes("127.0.0.1", free_port(), "", "")
        found = OwnSite(folder, wishes, Supervisor(), _variables(folder) | variables)
        try:
            _start(found, parts)
            yield found
        finally:
            found.supervisor.stop()


def _variables(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": paths.database_url(),
        "REDIS_URL": paths.redis_url(),
        "WANGGE_DEMO": "1",
        "WANGGE_SECRET_KEY": secrets.token_urlsafe(40),
        "WANGGE_VAULT_KEY": secrets.token_urlsafe(40),
        "WANGGE_MEDIA_ROOT": str(folder / "media"),
        "WANGGE_AUDIT_CHECKPOINTS": str(folder / "audit"),
        "WANGGE_REPORTS_PER_MINUTE": "1000000000",
    }


def _start(found: OwnSite, parts: tuple[str, ...]) -> None:
    postgres = cluster.ensure_programs()
    cluster.initialise(postgres)
    found.supervisor.start(cluster.program(postgres))
    cluster.ensure_database(postgres)
    found.supervisor.start(broker.program(broker.ensure_program()))
    filled = found.run("-m", "tests.town")
    assert filled.returncode == 0, filled.stderr
    programs: dict[str, Callable[[], Program]] = {
        "web": lambda: replace(site._web(found.wishes), ready=lambda: _answers(found)),
        "worker": site._worker,
        "beat": site._beat,
    }
    for part in parts:
        program = programs[part]()
        told = {**found.variables, **program.environment}
        found.supervisor.start(replace(program, environment=told))


def _answers(found: OwnSite) -> bool:
    """Whether the web process takes connections; it tells by itself whether it can do its work."""
    try:
        with socket.create_connection(("127.0.0.1", found.wishes.port), timeout=1):
            return True
    except OSError:
        return False
