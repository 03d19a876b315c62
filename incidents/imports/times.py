"""Reading instants as other systems write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from incidents.imports.positions import Refused

__all__ = ["instant_of", "require_lived"]

_EPOCHS = {"epoch": 1.0, "epoch_ms": 1000.0}
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
# Clocks differ, and so do time zones that were written down wrongly: more than this is no slip.
_SLIP = timedelta(days=1)


def instant_of(name: str, text: str, formats: Sequence[str], zone: ZoneInfo) -> datetime:
    """The instant in `text`, by the first format that fits; without an offset it is in `zone`.

    A format is `iso`, `epoch` (seconds), `epoch_ms`, or as for `strptime`. Raises `Refused`.
    """
    text = text.strip()
    if not text:
        raise Refused("missing_time", f"{name} 为空 (no time)")
    for form in formats:
        try:
            at = _parsed(text, form)
        except (ValueError, OverflowError, OSError):
            continue
        return at if at.tzinfo is not None else at.replace(tzinfo=zone)
    raise Refused("bad_time", f"{name} {text[:40]!r} 不合任何时间格式 (fits no time format)")


def _parsed(text: str, form: str) -> datetime:
    if form == "iso":
        return datetime.fromisoformat(text)
    if form in _EPOCHS:
        return datetime.fromtimestamp(float(text) / _EPOCHS[form], UTC)
    return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone


def require_lived(name: str, at: datetime, now: datetime) -> None:
    """Refuse what is still to come, and what is older than any such system."""
    if at > now + _SLIP:
        raise Refused("bad_time", f"{name} {at:%Y-%m-%d %H:%M} 在将来 (in the future)")
    if at < _OLDEST:
        raise Refused("bad_time", f"{name} 早于 1970 年 (before 1970)")
