"""The files of the project, as git knows them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Files that are committed or staged and still there, relative to the root."""
    # The tests may run as another user than the one who cloned.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [Path(name) for name in listed.split("\0") if name]
    return tuple(path for path in paths if (ROOT / path).is_file())


def files(*suffixes: str, under: str = "") -> list[Path]:
    """Tracked files with one of the suffixes, below a folder."""
    return [path for path in tracked() if path.suffix in suffixes and str(path).startswith(under)]


def text(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
