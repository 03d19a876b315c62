"""A finished step leaves the digest of what it was made from, so that it is not repeated."""

import hashlib
from pathlib import Path


def digest(*parts: Path | str) -> str:
    """SHA-256 over files (their content) and words, in order."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def fresh(stamp: Path, value: str) -> bool:
    """Whether `stamp` was written for `value`."""
    return stamp.is_file() and stamp.read_text().strip() == value


def write(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n")
