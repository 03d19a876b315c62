"""What is killed, and how: always SIGKILL, and where it matters in the middle of its work."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg

from tests.own_site import OwnSite

# Holds what the relay's handler wants to write, and nothing that a report needs.
HOLD = "LOCK TABLE incidents_positioncheck IN SHARE ROW EXCLUSIVE MODE"
LONG = "SELECT sum(n) FROM (SELECT generate_series(1, 10000000000) AS n) AS numbers"
BUSY = f"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = '{LONG}'"
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted"
    " AND relation = 'incidents_positioncheck'::regclass"
)


def worker(site: OwnSite) -> None:
    """The worker with its pool, while an effect is half done."""
    _in_flight(site, lambda: _kill_group(site, "worker"))


def relay(site: OwnSite) -> None:
    """The process that is doing an effect, and beat, which would send the next."""

    def both() -> None:
        for child in children(site.pid("worker")):
            _kill(child)
        _kill_group(site, "beat")

    _in_flight(site, both)


def redis(site: OwnSite) -> None:
    """Redis, which keeps nothing on disk: every task in it is gone."""
    _kill_group(site, "redis")


def backend(site: OwnSite) -> None:
    """One server process of the database, an active one if there is any: all sessions go."""
    (pid,) = site.ask(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() ORDER BY state = 'active' DESC, backend_start LIMIT 1"
    )[0]
    _kill(pid)


def postmaster(site: OwnSite) -> None:
    """The database server itself; one of its processes is busy with a query and does not notice."""
    pid = site.pid("postgres")
    assert pid
    busy = threading.Thread(target=_long_query, args=(site,), daemon=True)
    busy.start()
    site.until(lambda: site.ask(BUSY)[0][0] > 0, 30, "a busy process")
    _kill(pid)


def _long_query(site: OwnSite) -> None:
    with suppress(psycopg.OperationalError):
        site.ask(LONG)


def web(site: OwnSite) -> None:
    """The web process with every request in it."""
    _kill_group(site, "web")


VICTIMS: dict[str, Callable[[OwnSite], None]] = {
    "worker": worker,
    "relay": relay,
    "redis": redis,
    "backend": backend,
    "postmaster": postmaster,
    "web": web,
}


def is_up(site: OwnSite) -> bool:
    """Whether every part has a process again, and those that tell say that they are ready."""
    return all(
        one.process is not None
        and one.process.poll() is None
        and (one.program.ready is None or one.program.ready())
        for one in site.supervisor.running
    )


def children(pid: int | None) -> list[int]:
    """The child processes of `pid`."""
    if pid is None:
        return []
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123 - not a file on disk
        return [int(one) for one in file.read().split()]


def _in_flight(site: OwnSite, kill: Callable[[], None]) -> None:
    """Kill while the relay stands in the middle of an effect, which is held up for the moment."""
    with site.connect() as connection, connection.transaction():
        connection.execute(HOLD)
        site.until(lambda: site.ask(WAITING)[0][0] > 0, 60, "an effect in flight")
        kill()


def _kill_group(site: OwnSite, part: str) -> None:
    pid = site.pid(part)
    assert pid, f"{part} is down already"
    os.killpg(pid, signal.SIGKILL)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
