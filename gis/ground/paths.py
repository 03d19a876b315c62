"""Where the private installation lives, and how its database and broker are reached.

Everything is under `var/` of the clone. Two exceptions keep the private services working where that
cannot: a root shell in a clone that other users cannot enter (PostgreSQL refuses to run as root, so
its files go to `/var/lib`), and a path too long for a unix socket (its directory goes to `/tmp`).
Settings ask this module when `DATABASE_URL` or `REDIS_URL` is not given.
"""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = ROOT / ".venv"
LOGS = VAR / "log"
LOCKS = VAR / "lock"
TOOLS = VAR / "tools"
VENDOR = VAR / "vendor"
REQUIREMENTS = ROOT / "requirements"

DATABASE = "wangge"
ROLE = "wangge"
# sun_path holds 107 characters, the longest name in the directory is ".s.PGSQL.5432".
LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.5432")


def _digest() -> str:
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]


def open_to_others(directory: Path) -> bool:
    """Whether any user may pass through `directory` and all its parents."""
    for step in (directory, *directory.parents):
        if step.exists() and not step.stat().st_mode & 0o001:
            return False
    return True


def state() -> Path:
    """The directory of what the private services own: data, sockets, unpacked packages."""
    if os.geteuid() == 0 and not open_to_others(ROOT):
        return Path("/var/lib") / f"wangge-{_digest()}"
    return VAR


def data() -> Path:
    """The data directory of the private PostgreSQL cluster."""
    return state() / "pg"


def prefix() -> Path:
    """Where packages are unpacked when they are not installed and may not be."""
    return state() / "prefix"


def sockets(base: Path | None = None) -> Path:
    """The directory of the unix sockets: short enough for the kernel, open to its owner only."""
    place = (base or state()) / "run"
    if len(str(place).encode()) <= LONGEST_SOCKET_DIR:
        return place
    return Path("/tmp") / f"wangge-{os.geteuid()}-{_digest()}"  # noqa: S108 - owner and mode are checked


def database_url() -> str:
    """The address of the private cluster's database."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(sockets()), safe='/')}"


def redis_url(number: int = 0) -> str:
    """The address of the private Redis, in the form that redis-py and Celery share."""
    return f"unix://{quote(str(sockets() / 'redis.sock'), safe='/')}?db={number}"


def demo_secret(name: str = "secret_key") -> str:
    """The demo's own secret of that name, made once per clone and never committed.

    Written aside and linked into place, so that processes that start together read the same one.
    """
    path = VAR / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text(encoding="utf-8").strip()
