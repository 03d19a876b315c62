"""The private PostgreSQL cluster: its programs, its making, and how the server is started.

It lives under `var/pg`, listens on a unix socket in a directory of mode 0700 and nowhere else, and
never touches a cluster of the system. `C.UTF-8` because trigram search drops Chinese under `C`.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gis.ground import packages, paths, say, users
from gis.ground.supervisor import Program

OLDEST_MAJOR = 14
ORPHAN_SECONDS = 5.0
# What production runs (docker-compose.yml) and the tests were written on.
PRODUCTION = "15-3.3"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
}


@dataclass(frozen=True)
class Postgres:
    """Programs of one PostgreSQL major version that has PostGIS."""

    bin: Path
    major: int
    private: bool

    def environment(self) -> dict[str, str]:
        """What its programs need besides ours; a cluster must not follow the caller's PG* words."""
        return packages.environment() if self.private else {}


def _installed(root: Path, *, private: bool) -> Iterator[Postgres]:
    for folder in root.glob("usr/lib/postgresql/*/bin"):
        major = folder.parent.name
        control = root / f"usr/share/postgresql/{major}/extension/postgis.control"
        if major.isdigit() and (folder / "initdb").exists() and control.exists():
            yield Postgres(folder, int(major), private)


def _elsewhere() -> Iterator[Postgres]:
    """One that is only on the PATH, as on systems without Debian's layout."""
    config = shutil.which("pg_config")
    if config is None:
        return
    asked = [config, "--bindir", "--sharedir", "--version"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) != 3:
        return
    major = re.search(r"(\d+)", lines[2])
    control = Path(lines[1]) / "extension/postgis.control"
    if major and control.exists() and (Path(lines[0]) / "initdb").exists():
        yield Postgres(Path(lines[0]), int(major.group(1)), private=False)


def find() -> list[Postgres]:
    """Every usable PostgreSQL with PostGIS here, newest first, the system's before the private."""
    system = [] if packages.private_wanted() else [*_installed(Path("/"), private=False)]
    if not system and not packages.private_wanted():
        system = [*_elsewhere()]
    found = [*system, *_installed(paths.prefix(), private=True)]
    usable = [each for each in found if each.major >= OLDEST_MAJOR]
    return sorted(usable, key=lambda each: (each.private, -each.major))


def ensure_programs() -> Postgres:
    """PostgreSQL with PostGIS, fetched where absent; of the cluster's version if there is one.

    Raises `GroundError` when none can be had or the cluster was made by another major version.
    """
    if not find():
        package = packages.postgis_package()
        major = re.sub(r"\D*(\d+).*", r"\1", package)
        packages.install("PostGIS", [f"postgresql-{major}", package], group="postgis")
    found = find()
    if not found:
        raise say.GroundError(
            "安装之后仍找不到 PostGIS (PostGIS is still not found after install)。"
        )
    made_by = _made_by()
    if made_by is None:
        return found[0]
    for each in found:
        if each.major == made_by:
            return each
    raise say.GroundError(
        f"{paths.data()} 由 PostgreSQL {made_by} 建立，本机只有 "
        f"{', '.join(str(each.major) for each in found)}。\n"
        f"    请安装 postgresql-{made_by}-postgis-3；或删去该目录，演示数据会重建。\n"
        f"    (The cluster was made by PostgreSQL {made_by}: install that version, or remove the "
        "directory and the demo is built again.)"
    )


def _made_by() -> int | None:
    version = paths.data() / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def own_directory(directory: Path) -> None:
    """Make a directory of mode 0700 for the services' user.

    Raises `GroundError` when somebody else made it first, or it is a link.
    """
    owner = users.service_uid()
    directory.parent.mkdir(parents=True, exist_ok=True)
    if users.service_user() and directory.parent in {paths.VAR, paths.state()}:
        directory.parent.chmod(0o755)  # made under a strict umask, the services could not enter
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
        os.chown(directory, owner, users.service_gid())
    facts = directory.lstat()
    if directory.is_symlink() or not directory.is_dir() or facts.st_uid != owner:
        raise say.GroundError(
            f"{directory} 不属于运行服务的用户 (belongs to another user, uid {facts.st_uid})。"
            f"请换回原来的用户，或删去它后重试 (use that user, or remove it)。"
        )
    directory.chmod(0o700)


def initialise(postgres: Postgres) -> None:
    """Make the cluster once: complete, or not there at all."""
    if _made_by() is not None:
        return
    data = paths.data()
    draft = data.with_name("pg.making")
    shutil.rmtree(draft, ignore_errors=True)
    own_directory(draft)
    words: list[str | Path] = [
        postgres.bin / "initdb",
        "-D",
        draft,
        "-U",
        paths.ROLE,
        "--auth=trust",
        "--no-sync",
    ]
    words += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
    with say.doing("建立私有数据库集群 · private PostgreSQL cluster"):
        say.run("initdb", words, env=postgres.environment(), user=users.service_user(), cwd=draft)
        with contextlib.suppress(OSError):
            data.rmdir()
        draft.rename(data)
        os.sync()


def program(postgres: Postgres) -> Program:
    """The server as the supervisor runs it; SIGINT is its fast, clean stop."""
    settings = {**SETTINGS, "unix_socket_directories": str(paths.sockets())}
    words = [str(postgres.bin / "postgres"), "-D", str(paths.data())]
    for name, value in settings.items():
        words += ["-c", f"{name}={value}"]
    return Program(
        name="postgres",
        command=words,
        environment=postgres.environment(),
        directory=paths.data(),
        stop_with="SIGINT",
        stop_seconds=30,
        user=users.service_user(),
        ready=answers,
        before=_before_start,
    )


def answers() -> bool:
    """Whether a server takes connections at the private socket and is past recovery."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(paths.sockets() / ".s.PGSQL.5432"))
            client.sendall(_startup_packet())
            # 'R' asks or grants authentication; 'E' is a refusal, as while it is starting up.
            return client.recv(1024)[:1] == b"R"
        except OSError:
            return False


def _startup_packet() -> bytes:
    words = b"user\0" + paths.ROLE.encode() + b"\0database\0postgres\0\0"
    return (len(words) + 8).to_bytes(4, "big") + (196608).to_bytes(4, "big") + words


def _before_start() -> None:
    own_directory(paths.sockets())
    end_orphans()
    clear_stale()


def end_orphans() -> None:
    """End what a server that was killed left running: while one of its processes is busy with a
    query it notices nothing, and no new server can start on the data.
    """
    limit = time.monotonic() + ORPHAN_SECONDS
    how = signal.SIGQUIT  # which PostgreSQL takes as: at once, without cleaning up
    while left := _orphans():
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, how)
        if time.monotonic() > limit:
            if how is signal.SIGKILL:
                return  # PostgreSQL will say that they are in its way
            how, limit = signal.SIGKILL, limit + ORPHAN_SECONDS
        time.sleep(0.05)


def _orphans() -> list[int]:
    """Server processes in our data directory whose parent is no server any more."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() != paths.data():
                continue
            title = (process / "cmdline").read_bytes()
            parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if title.startswith(b"postgres: ") and not _is_postgres(parent):
            found.append(int(process.name))
    return found


def clear_stale() -> None:
    """Remove lock files whose process is gone or is another program by now (after `kill -9`)."""
    for lock in (paths.data() / "postmaster.pid", paths.sockets() / ".s.PGSQL.5432.lock"):
        if lock.exists() and not _is_postgres(lock.read_text().split("\n", 1)[0]):
            lock.unlink()


def _is_postgres(pid: str) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{int(pid)}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False


def ensure_database(postgres: Postgres) -> None:
    """Create our database in the running cluster if it is not there."""
    words = [str(postgres.bin / "psql"), "-XAtq", "-h", str(paths.sockets()), "-U", paths.ROLE]
    environment = {**os.environ, **postgres.environment()}
    for attempt in range(5):
        asked = subprocess.run(
            [*words, "-d", "postgres", "-c", "SELECT datname FROM pg_database"],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip
        if asked.returncode == 0:
            break
        time.sleep(0.2 * (attempt + 1))
    if asked.returncode:
        raise say.GroundError(f"无法连接私有数据库 (cannot connect): {asked.stderr.strip()}")
    if paths.DATABASE not in asked.stdout.split():
        say.run(
            "createdb",
            [*words, "-d", "postgres", "-c", f"CREATE DATABASE {paths.DATABASE}"],
            env=postgres.environment(),
        )
