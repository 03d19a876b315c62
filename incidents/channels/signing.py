"""Signing a body, and telling whether it was signed lately by a key that is known.

`X-Wangge-Signature: t=<unix>,v1=<hex>`: HMAC-SHA256 over the time, a dot and the body as sent.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

__all__ = ["HEADER", "TOLERANCE", "signature", "signed_by"]

HEADER = "X-Wangge-Signature"
TOLERANCE = timedelta(minutes=5)
_PARTS = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,3})", re.ASCII)


def signature(body: bytes, key: str, *, at: datetime) -> str:
    """The header for `body`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(body, key, str(seconds))}"


def signed_by(header: str, body: bytes, keys: Sequence[str], *, now: datetime) -> int | None:
    """Which of `keys` signed `body` within the last five minutes; None when none did.

    Every key is tried, whichever fits.
    """
    found = _PARTS.fullmatch(header.replace(" ", ""))
    if found is None:
        return None
    seconds = found[1]
    given = found[2].removeprefix(",v1=").split(",v1=")
    is_recent = abs(now.timestamp() - int(seconds)) <= TOLERANCE.total_seconds()
    which = None
    for number, key in enumerate(keys):
        expected = _digest(body, key, seconds)
        for one in given:
            if hmac.compare_digest(expected, one) and which is None:
                which = number
    return which if is_recent else None


def _digest(body: bytes, key: str, seconds: str) -> str:
    return hmac.new(key.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
