"""What an examination finds: a level, what was seen, and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the report, Chinese first and English second."""

    level: str
    title: str
    seen: str
    mend: str = ""


Check = Callable[[], Finding]


def good(title: str, seen: object) -> Finding:
    return Finding(OK, title, str(seen))


def warning(title: str, seen: object, mend: str) -> Finding:
    return Finding(WARN, title, str(seen), mend)


def failure(title: str, seen: object, mend: str) -> Finding:
    return Finding(FAIL, title, str(seen), mend)


def judged(fine: bool, title: str, seen: object, mend: str) -> Finding:
    """Good when `fine`, else a failure."""
    return good(title, seen) if fine else failure(title, seen, mend)
