"""The web process asks Django once for each request, not once for each middleware."""

from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from asgiref.testing import ApplicationCommunicator

from gis.config.handler import OneGo
from tests.streams import run

SCOPE = {
    "type": "http", "method": "GET", "path": "/healthz", "query_string": b"part=none",
    "headers": [(b"host", b"localhost")], "http_version": "1.1",
}  # fmt: skip


async def ask(app: Any) -> int:
    line: Any = ApplicationCommunicator(app, dict(SCOPE))  # type: ignore[no-untyped-call]
    await line.send_input({"type": "http.request", "body": b""})
    told = await line.receive_output(30)
    await line.receive_output(30)
    await line.wait(30)
    return int(told["status"])


def test_a_request_goes_to_its_thread_once(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    real = SyncToAsync.__call__

    async def noted(self: Any, *words: Any, **named: Any) -> Any:
        called.append(self.func)
        return await real(self, *words, **named)

    monkeypatch.setattr(SyncToAsync, "__call__", noted)
    assert run(ask(OneGo())) == 400
    # Besides the answer itself: what Django tells when a request begins and when it is over.
    assert len(called) <= 3, called
