"""The site as production starts it, but with a clock that a test can move: what it says is the time
is the machine's, and as many seconds more as the file WANGGE_TEST_CLOCK says.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

_machine = timezone.now
_file = Path(os.environ["WANGGE_TEST_CLOCK"])


def _moved() -> datetime:
    return _machine() + timedelta(seconds=float(_file.read_text(encoding="ascii")))


# Everything asks by this name, and nothing of the site has been imported yet.
timezone.now = _moved

from gis.config.asgi import application as site  # noqa: E402

Message = MutableMapping[str, Any]


async def application(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """The site; each answer carries the date of the moved clock (uvicorn adds none of its own)."""

    async def dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            date = format_datetime(_moved(), usegmt=True).encode()
            message["headers"] = [*message.get("headers", ()), (b"date", date)]
        await send(message)

    await site(scope, receive, dated)
