"""The Python environment `.venv`, made from a lock file in which every package has its hash.

`uv` does it in seconds; where it cannot be had, plain pip does the same from the same lock. A
Python without `ensurepip` (Debian's, without python3-venv) gets a pip of known hash instead.
"""

import configparser
import hashlib
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

from gis.ground import paths, say, stamps

PYTHON = paths.VENV / "bin" / "python"
STAMP = paths.VENV / ".wangge-lock"
LOCKS = {
    "run": paths.REQUIREMENTS / "run.lock",
    "dev": paths.REQUIREMENTS / "dev.lock",
}
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
OLDEST = (3, 11)
STRICT = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
DEFAULT_INDEX = "https://pypi.org/simple"
OFFLINE_HINT = (
    "    需要 Python 包索引。内网镜像：设置 PIP_INDEX_URL 后重试。"
    " (A package index is needed; point PIP_INDEX_URL at a mirror and retry.)"
)


def _value(kind: str) -> str:
    return f"{kind} {stamps.digest(LOCKS[kind], paths.VENV / 'pyvenv.cfg')}"


def satisfied(kind: str) -> bool:
    """Whether `.venv` holds the lock `kind`; the dev lock contains the run lock."""
    if not PYTHON.exists():
        return False
    kinds = ("dev",) if kind == "dev" else ("run", "dev")
    return any(stamps.fresh(STAMP, _value(each)) for each in kinds)


def ensure(kind: str) -> None:
    """Bring `.venv` to the lock `kind` ("run" or "dev"); does nothing when it is there already."""
    if satisfied(kind):
        return
    # An environment with the tests' packages keeps them: their lock contains the other.
    target = "dev" if STAMP.exists() and STAMP.read_text().startswith("dev") else kind
    with say.doing("准备 Python 环境 · Python environment"):
        STAMP.unlink(missing_ok=True)
        _create()
        _install(LOCKS[target])
        stamps.write(STAMP, _value(target))


def _create() -> None:
    version = _version(PYTHON)
    if version is not None and version >= OLDEST:
        return
    shutil.rmtree(paths.VENV, ignore_errors=True)
    say.run("创建 .venv", [sys.executable, "-m", "venv", "--without-pip", paths.VENV])


def _version(python: Path) -> tuple[int, int] | None:
    """The version of an interpreter that starts, else None (a moved or half-made environment)."""
    if not python.exists():
        return None
    words = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)


UV_SYNC = ("--require-hashes", "--compile-bytecode")


def _install(lock: Path) -> None:
    uv = _uv()
    if uv is not None:
        try:
            say.run(
                "安装 Python 包 · packages (uv)",
                [uv, "pip", "sync", *UV_SYNC, "--python", PYTHON, lock],
                env=_uv_environment(),
            )
            return
        except say.GroundError:
            say.step("uv 未能完成，改用 pip · uv did not succeed, using pip")
    say.run(
        "安装 Python 包 · packages (pip)",
        [*pip(), "install", *STRICT, "-r", lock],
        hint=OFFLINE_HINT,
    )


def pip() -> list[str | Path]:
    """A command line that runs pip for `.venv`: its own, or a wheel of known hash."""
    probe = [str(PYTHON), "-m", "pip", "--version"]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return [PYTHON, "-m", "pip"]
    probe = [str(PYTHON), "-m", "ensurepip", "--version"]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        say.run("安装 pip", [PYTHON, "-m", "ensurepip"])
        return [PYTHON, "-m", "pip"]
    return [PYTHON, _pip_wheel() / "pip"]


def _pip_wheel() -> Path:
    wheel = paths.TOOLS / PIP_WHEEL
    if not wheel.exists():
        try:
            content = _from_index("pip", PIP_WHEEL)
        except (OSError, urllib.error.URLError, LookupError) as error:
            raise say.GroundError(
                f"无法取得 pip (cannot get pip): {error}\n{OFFLINE_HINT}\n"
                "    或安装系统包 (or): apt-get install python3-venv"
            ) from error
        if hashlib.sha256(content).hexdigest() != PIP_SHA256:
            raise say.GroundError(
                f"{PIP_WHEEL}：校验和不符 (checksum differs)，未使用 (not used)。"
            )
        wheel.parent.mkdir(parents=True, exist_ok=True)
        wheel.write_bytes(content)
    return wheel


def index_url() -> str:
    """The package index that pip itself would use: the environment's, its settings file's, PyPI."""
    if url := os.environ.get("PIP_INDEX_URL"):
        return url
    home = Path.home()
    files = [home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf")]
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file)
        except (configparser.Error, OSError):
            continue
        if url := parser.get("global", "index-url", fallback=""):
            return url
    return DEFAULT_INDEX


def _from_index(project: str, filename: str) -> bytes:
    """One file of one project, by the simple index that every mirror serves."""
    page_url = f"{index_url().rstrip('/')}/{project}/"
    page = _get(page_url).decode(errors="replace")
    found = re.search(rf"""href=["']([^"'#]*{re.escape(filename)})[#"']""", page)
    if found is None:
        raise LookupError(f"{page_url} 没有 (does not list) {filename}")
    return _get(urljoin(page_url, found.group(1)))


def _get(url: str) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise LookupError(f"不支持的索引地址 (unsupported index address): {url}")
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - scheme checked above
        return bytes(answer.read())


def _uv() -> Path | None:
    """The pinned uv, from the package index into `var/tools`; None where it cannot be had."""
    lock = paths.REQUIREMENTS / "uv.lock"
    home = paths.TOOLS / "uv"
    try:
        install_apart("uv", lock, home)
    except say.GroundError:
        return None
    return home / "bin" / "uv"


def install_apart(title: str, lock: Path, home: Path) -> None:
    """Install the packages of `lock` into a directory of their own, once."""
    value = stamps.digest(lock)
    if stamps.fresh(home / ".stamp", value):
        return
    shutil.rmtree(home, ignore_errors=True)
    words = [*pip(), "install", "--target", home, *STRICT, "-r", lock]
    say.run(title, words, hint=OFFLINE_HINT)
    stamps.write(home / ".stamp", value)


def _uv_environment() -> dict[str, str]:
    environment = {"UV_SYSTEM_CERTS": "1", "UV_NO_CONFIG": "1", "UV_NO_PROGRESS": "1"}
    if (url := index_url()) != DEFAULT_INDEX:
        environment["UV_DEFAULT_INDEX"] = url
    return environment
