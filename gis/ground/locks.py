"""One owner at a time: file locks that the kernel lets go when their holder dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from gis.ground import paths


def holder(name: str) -> str | None:
    """Who holds the lock `name` ("run, pid 123"), or None when it is free."""
    path = paths.LOCKS / name
    if not path.exists():
        return None
    with path.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return handle.read().strip() or "?"
    return None


@contextlib.contextmanager
def held(name: str, what: str) -> Iterator[bool]:
    """Hold the lock `name` for the block; yields False, without waiting, when another has it."""
    paths.LOCKS.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(paths.LOCKS / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{what}, pid {os.getpid()}".encode(), 0)
        yield True
    finally:
        os.close(descriptor)
