"""The words of the environment that the set-up listens to, read and checked in one place."""

import os
import socket
from dataclasses import dataclass

from gis.ground import say

TRUE_WORDS = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for; an empty address means the private service."""

    host: str
    port: int
    database_url: str
    redis_url: str

    @property
    def origin(self) -> str:
        """Where a browser on this machine finds the site."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}:{self.port}"


def read() -> Wishes:
    """`HOST`, `PORT`, `DATABASE_URL` and `REDIS_URL`.

    Raises `GroundError` naming the variable that makes no sense.
    """
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 65535:
        raise say.GroundError(f"PORT 应是 1 到 65535 的整数 (a number), 现在是 (now) {text!r}。")
    database_url = os.environ.get("DATABASE_URL", "")
    if database_url and not database_url.startswith(("postgresql://", "postgres://", "postgis://")):
        raise say.GroundError("DATABASE_URL 应以 postgresql:// 开头 (must start with it)。")
    redis_url = os.environ.get("REDIS_URL", "")
    if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise say.GroundError("REDIS_URL 应以 redis://、rediss:// 或 unix:// 开头。")
    return Wishes(os.environ.get("HOST") or "127.0.0.1", int(text), database_url, redis_url)


def check_port(wishes: Wishes) -> None:
    """See that the port is free before anything is started.

    Raises `GroundError` with a free port to use instead.
    """
    family = socket.AF_INET6 if ":" in wishes.host else socket.AF_INET
    with socket.socket(family) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((wishes.host, wishes.port))
        except OSError as error:
            raise say.GroundError(
                f"端口 {wishes.host}:{wishes.port} 不可用 (not available): {error.strerror}。\n"
                f"    换一个端口 (use another): PORT={wishes.port + 1} make run"
            ) from error
