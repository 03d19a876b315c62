"""The files: one signed line for each checkpoint, and beside it the heads that had changed."""

import gzip
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

START = "0" * 64
_PURPOSE = "gis.ledger.checkpoints"
# The longest line that is written is far shorter.
_LAST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """How a chain ended."""

    chain: str
    sequence: int
    digest: str

    def as_bytes(self) -> bytes:
        return json.dumps([self.chain, self.sequence, self.digest], ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a line says.

    It covers the events up to `last_id` but those in `missing`: ids not seen yet, from, to, and
    since when, since a slow transaction may still bring them. `heads` digests the set of all heads,
    `changed` the file of those that moved since the line before it, whose digest is `previous`.
    """

    number: int
    at: str
    chains: int
    events: int
    last_id: int
    heads: str
    changed: str
    previous: str
    missing: list[tuple[int, int, str]] = field(default_factory=list)


def lines_path() -> Path:
    return Path(settings.AUDIT_CHECKPOINTS) / "checkpoints.jsonl"


def heads_path(number: int) -> Path:
    return Path(settings.AUDIT_CHECKPOINTS) / "heads" / f"{number:08d}.gz"


def keys() -> list[bytes]:
    """The keys of signatures, the one in use first; without any, one that follows SECRET_KEY."""
    own = [hmac.digest(key.encode(), _PURPOSE.encode(), "sha256") for key in settings.AUDIT_KEYS]
    return own or [salted_hmac(_PURPOSE, "", algorithm="sha256").digest()]


def line_of(checkpoint: Checkpoint) -> bytes:
    """Return the signed line, without its end."""
    said = asdict(checkpoint)
    signature = hmac.new(keys()[0], _canonical(said), "sha256").hexdigest()
    return _canonical({**said, "signature": signature})


def read(line: bytes) -> Checkpoint | None:
    """Return what a line says, or None when it was not signed so by us."""
    try:
        said = json.loads(line)
        signature = str(said.pop("signature"))
        content = _canonical(said)
        signed = (hmac.new(key, content, "sha256").hexdigest() for key in keys())
        if not any(hmac.compare_digest(each.encode(), signature.encode()) for each in signed):
            return None
        return Checkpoint(**{**said, "missing": [tuple(each) for each in said["missing"]]})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def digest_of(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def lines() -> Iterator[bytes]:
    """Every line of the file, without its end."""
    if lines_path().exists():
        with lines_path().open("rb") as file:
            for line in file:
                yield line.rstrip(b"\n")


def last_line() -> bytes | None:
    """Return the last whole line; what a crash left of another is cut off."""
    if not lines_path().exists():
        return None
    with lines_path().open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        begin = file.seek(max(0, size - _LAST_BYTES))
        tail = file.read()
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            file.truncate(begin + whole)
            os.fsync(file.fileno())
    found = tail[:whole].splitlines()
    return found[-1] if found else None


def append(line: bytes) -> None:
    """Append a line in one write that is on the disk when this returns."""
    path = lines_path()
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, line + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        _sync_directory(path.parent)


class HeadsWriter:
    """Takes heads one by one into a file that is there only when it is whole."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def put(self, head: Head) -> None:
        self._file.write(head.as_bytes() + b"\n")


@contextmanager
def new_heads(number: int) -> Iterator[HeadsWriter]:
    """Write the file of changed heads; one that a crash left there is replaced."""
    path = heads_path(number)
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        # No name and no time inside: the same heads are the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            yield HeadsWriter(packed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_directory(path.parent)


def heads_digest(number: int) -> str | None:
    """Return the digest of a file of heads, or None when it is not there."""
    try:
        with heads_path(number).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def heads(number: int) -> Iterator[Head]:
    """The heads in a file, in order of chain."""
    with gzip.open(heads_path(number), "rt", encoding="utf-8") as file:
        for line in file:
            yield Head(*json.loads(line))


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
