"""The private Redis: a unix socket, nothing on disk, nothing on the network.

It only carries work; PostgreSQL holds it, so losing Redis loses nothing.
"""

import shutil
import socket
from pathlib import Path

from gis.ground import cluster, packages, paths, say, users
from gis.ground.supervisor import Program

NAMES = ("redis-server", "valkey-server")
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
}


def find() -> tuple[Path, bool] | None:
    """The server's program and whether it is of the private prefix."""
    for name in NAMES:
        system = None if packages.private_wanted() else shutil.which(name)
        private = paths.prefix() / "usr/bin" / name
        if system is not None:
            return Path(system), False
        if private.exists():
            return private, True
    return None


def ensure_program() -> tuple[Path, bool]:
    """Redis (or Valkey), fetched where it is absent; `GroundError` when it cannot be had."""
    if find() is None:
        packages.install("Redis", [packages.redis_package()], group="redis")
    found = find()
    if found is None:
        raise say.GroundError("安装之后仍找不到 redis-server (still not found after install)。")
    return found


def program(found: tuple[Path, bool]) -> Program:
    """The server as the supervisor runs it."""
    path, private = found
    settings = {**SETTINGS, "unixsocket": str(socket_path()), "dir": str(paths.sockets())}
    words = [str(path)]
    for name, value in settings.items():
        words += [f"--{name}", value]
    return Program(
        name="redis",
        command=words,
        environment=packages.environment() if private else {},
        directory=paths.sockets(),
        stop_seconds=5,
        user=users.service_user(),
        ready=answers,
        before=lambda: cluster.own_directory(paths.sockets()),
    )


def socket_path() -> Path:
    return paths.sockets() / "redis.sock"


def answers() -> bool:
    """Whether the private Redis says PONG."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(socket_path()))
            client.sendall(b"PING\r\n")
            return client.recv(5) == b"+PONG"
        except OSError:
            return False
