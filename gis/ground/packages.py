"""PostGIS and Redis (and Chromium for the tests) from the system's own package archive.

Root installs them with apt, guarded so that no system cluster is made and no system service is
started. Anybody else downloads the same packages and unpacks them under `var/prefix`; the services
then find their libraries there. `WANGGE_PRIVATE=1` asks for that even where they are installed.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from gis.ground import dpkg, paths, say, stamps

CLUSTER_SWITCH = Path("/etc/postgresql-common/createcluster.d/wangge.conf")
POLICY = Path("/usr/sbin/policy-rc.d")
# Compilers of queries that the services run without (jit=off), and large.
NOT_NEEDED = re.compile(r"^(libllvm|libz3|libclang)")
# What a fresh system lacks; with WANGGE_PRIVATE=1 these count as not installed.
PRIVATE = re.compile(
    r"^(postgresql|postgis|redis|valkey|libpq5|libgdal|libgeos|libproj|proj-|libsfcgal|"
    r"libprotobuf-c|libjemalloc|liblzf|libhiredis|gdal|libspatialite|libfreexl|librttopo|"
    r"chromium)"
)


def private_wanted() -> bool:
    """Whether installed services are to be left alone (`WANGGE_PRIVATE=1`)."""
    return os.environ.get("WANGGE_PRIVATE", "") not in {"", "0"}


def have_apt() -> bool:
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def _apt_options() -> list[str]:
    """Lists and archives of our own where the system's may not be written."""
    if os.geteuid() == 0 and not private_wanted():
        return []
    home = paths.state() / "apt"
    for part in ("lists/partial", "archives/partial"):
        (home / part).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State::lists": home / "lists",
        "Dir::Cache": home,
        "Dir::Cache::archives": home / "archives",
        "Debug::NoLocking": 1,
        "APT::Sandbox::User": "",
        "Dir::State::status": _status(home) if private_wanted() else "/var/lib/dpkg/status",
    }
    return [word for key, value in options.items() for word in ("-o", f"{key}={value}")]


def _status(home: Path) -> Path:
    """The list of installed packages without those that are to be private."""
    target = home / "status"
    installed = Path("/var/lib/dpkg/status").read_text(errors="replace")
    target.write_text(dpkg.without(installed, PRIVATE))
    return target


def _query(*words: str) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.stdout


def _update() -> None:
    say.run(
        "更新软件包清单 · package lists",
        ["apt-get", *_apt_options(), "update", "-q"],
        hint="    需要能连到软件源。(The package archive of the system must be reachable.)",
    )


def postgis_package() -> str:
    """The archive's newest `postgresql-<major>-postgis-3`.

    Raises `GroundError` when the archive has none.
    """
    for attempt in range(2):
        pattern = "^postgresql-[0-9]+-postgis-3$"
        found = _query("apt-cache", *_apt_options(), "search", "--names-only", pattern)
        names = re.findall(r"^(postgresql-(\d+)-postgis-3) ", found, re.MULTILINE)
        if names:
            return str(max(names, key=lambda each: int(each[1]))[0])
        if attempt == 0:
            _update()
    raise say.GroundError(
        "软件源中没有 PostGIS：请启用 Debian main 或 Ubuntu universe 后重试；"
        "或用 DATABASE_URL 指向现有数据库。\n"
        "    (The archive has no postgresql-N-postgis-3: enable universe, or set DATABASE_URL.)"
    )


def redis_package() -> str:
    """`redis-server`, or `valkey-server` where the archive has that instead."""
    for attempt in range(2):
        for name in ("redis-server", "valkey-server"):
            if re.search(r"Candidate: \d", _query("apt-cache", *_apt_options(), "policy", name)):
                return name
        if attempt == 0:
            _update()
    raise say.GroundError("软件源中没有 redis-server；请安装 Redis，或设置 REDIS_URL。")


def install(title: str, names: Sequence[str], *, group: str) -> None:
    """Have the packages: installed by root, else unpacked under the private prefix, once a group.

    Raises `GroundError` when there is no apt or the archive cannot be reached.
    """
    if not have_apt():
        raise say.GroundError(
            f"缺少 (missing) {', '.join(names)}：此系统没有 apt，请用系统的包管理器安装，"
            "或设置 DATABASE_URL 与 REDIS_URL。\n"
            "    (Install them with your package manager, or set DATABASE_URL and REDIS_URL.)"
        )
    if os.geteuid() == 0 and not private_wanted():
        with say.doing(f"安装 {title} · apt-get install {' '.join(names)}"), _nothing_started():
            _install_as_root(names)
    else:
        with say.doing(f"取得 {title}（不需要 root）· unpacking {title} into {paths.prefix()}"):
            _unpack(names, group)


def _install_as_root(names: Sequence[str]) -> None:
    words = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
    with contextlib.suppress(say.GroundError):
        say.run("安装", words, env=quiet)
        return
    _update()  # lists that are older than the archive name files that are gone
    say.run("安装", words, env=quiet, hint=f"    请手动运行 (run by hand): {' '.join(words)}")


@contextlib.contextmanager
def _nothing_started() -> Iterator[None]:
    """While apt works: no cluster is created, no service started; what was not there goes again."""
    made: list[Path] = []
    had_redis = shutil.which("redis-server") is not None
    switches = {CLUSTER_SWITCH: "create_main_cluster = false\n", POLICY: "#!/bin/sh\nexit 101\n"}
    try:
        for path, text in switches.items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(0o755 if path == POLICY else 0o644)
                made.append(path)
        yield
    finally:
        for path in made:
            path.unlink(missing_ok=True)
    if not had_redis and Path("/run/systemd/system").exists():
        # Installed for our private one: the system's own is not to start at the next boot.
        for name in ("redis-server", "valkey-server"):
            _query("systemctl", "disable", name)


def _unpack(names: Sequence[str], group: str) -> None:
    prefix = paths.prefix()
    stamp = prefix / f".{group}"
    if stamps.fresh(stamp, stamps.digest(*names)):
        return
    archives = paths.state() / "apt" / "archives"
    wanted = _needed(names)
    say.step(f"下载 {len(wanted)} 个软件包 · downloading {len(wanted)} packages")
    say.run("下载", ["apt-get", *_apt_options(), "-q", "download", *wanted], cwd=archives)
    prefix.mkdir(parents=True, exist_ok=True)
    for archive in sorted(archives.glob("*.deb")):
        say.run(f"解包 {archive.name}", ["dpkg-deb", "-x", archive, prefix])
        archive.unlink()
    _name_alternatives(prefix)
    stamps.write(stamp, stamps.digest(*names))


def _needed(names: Sequence[str]) -> list[str]:
    """The packages that installing `names` would bring, by apt's own simulation."""
    words = ["apt-get", *_apt_options(), "-s", "install", "--no-install-recommends", *names]
    found = re.findall(r"^Inst (\S+)", _query(*words), re.MULTILINE)
    if not found:
        _update()
        found = re.findall(r"^Inst (\S+)", _query(*words), re.MULTILINE)
    if not found:
        raise say.GroundError(
            f"apt 无法安排安装 (apt cannot plan to install) {', '.join(names)}。\n"
            f"    查看原因 (see why): {' '.join(words)}"
        )
    together = dict.fromkeys([*names, *found])
    return [name for name in together if not NOT_NEEDED.match(name)]


def _name_alternatives(prefix: Path) -> None:
    """Links that a package's installation script would have made."""
    for control in prefix.glob("usr/share/postgresql/*/extension/postgis-3.control"):
        link = control.with_name("postgis.control")
        if not link.exists():
            link.symlink_to(control.name)
    for folder in ("blas", "lapack"):
        for library in prefix.glob(f"usr/lib/*/{folder}/lib{folder}.so.3"):
            link = library.parents[1] / library.name
            if not link.exists():
                link.symlink_to(f"{folder}/{library.name}")


def environment() -> dict[str, str]:
    """What programs of the private prefix need to find their libraries and data."""
    prefix = paths.prefix()
    folders = sorted(path for path in prefix.glob("usr/lib/*-linux-gnu*") if path.is_dir())
    if not folders:
        return {}
    libraries = [*folders, *(folder / "pulseaudio" for folder in folders)]
    return {
        "LD_LIBRARY_PATH": ":".join(str(folder) for folder in libraries if folder.exists()),
        "PROJ_LIB": str(prefix / "usr/share/proj"),
        "PROJ_DATA": str(prefix / "usr/share/proj"),
        "GDAL_DATA": str(prefix / "usr/share/gdal"),
    }
