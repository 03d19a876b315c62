"""A real server: bytes that are no HTTP, pictures that are bombs, and nobody who is asked."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gis.ledger.models import Attachment
from incidents.models import Channel, Contact, Incident, Report
from tests.db.hostile.corpus import BODIES
from tests.db.hostile.reports import GOOD, REPORTS
from tests.db.hostile.wire import BODY, RAW
from tests.factories import make_district
from tests.faults.test_fresh_across_processes import wait_for
from tests.pictures import bad_pictures, picture, png_that_says
from tests.streams import database_url, free_port

GROWTH_MB = 300


@dataclass
class Server:
    """A web process on the test's database, and a listener that nobody may ask."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    canary: int
    asked: list[object]

    def peak_mb(self) -> float:
        """The most memory that the process ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def post(self, path: str, body: bytes, kind: str = "application/json") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Content-Type": kind, "Idempotency-Key": str(uuid4())}
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (BrokenPipeError, ConnectionResetError):
            return 400, b"closed"  # refused before all of it was sent
        finally:
            connection.close()

    def failure(self) -> str:
        """The first trace in the log, if there is one."""
        _, found, trace = self.log.read_text(encoding="utf-8", errors="replace").partition("Trace")
        return found + trace[:6000]

    def say(self, raw: bytes) -> bytes:
        """Send bytes and read whatever comes back until the line is closed or silent."""
        found = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.settimeout(1.0)
            with suppress(OSError):
                line.sendall(raw)
                line.shutdown(socket.SHUT_WR)
                while piece := line.recv(65536):
                    found += piece
        return found


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[Server]:
    make_district()
    Channel.objects.update_or_create(
        code="resident", defaults={"name": "r", "name_en": "r", "datum": "wgs84", "is_open": True}
    )
    asked: list[object] = []
    port, log = free_port(), tmp_path / "web.log"
    with socket.create_server(("127.0.0.1", 0)) as canary:
        threading.Thread(target=_note, args=(canary, asked), daemon=True).start()
        address = f"http://127.0.0.1:{canary.getsockname()[1]}"
        variables = {
            "DATABASE_URL": database_url(), "WANGGE_DEMO": "1", "WANGGE_DB_POOL": "1",
            "WANGGE_MEDIA_ROOT": str(tmp_path / "media"), "WANGGE_REPORTS_PER_MINUTE": "1000000",
            "WANGGE_PHOTOS_PER_MINUTE": "1000000", "WANGGE_LOCATES_PER_MINUTE": "1000000",
            # Whoever fetches an address, of whatever host, comes by here.
            "http_proxy": address, "https_proxy": address, "GDAL_HTTP_PROXY": address,
        }  # fmt: skip
        words = ["-m", "uvicorn", "gis.config.asgi:application", "--port", str(port)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *words], env={**os.environ, **variables}, stdout=out, stderr=out
            )
        try:
            wait_for(port)
            yield Server(port, process, log, canary.getsockname()[1], asked)
        finally:
            process.terminate()
            process.wait(timeout=15)


def _note(canary: socket.socket, asked: list[object]) -> None:
    with suppress(OSError):
        while True:
            line, who = canary.accept()
            asked.append(who)
            line.close()


def nothing_is_written() -> bool:
    models: list[Any] = [Report, Incident, Contact, Attachment]
    return not any(model.objects.exists() for model in models)


def test_bytes_on_the_wire(server: Server) -> None:
    for name, raw in RAW.items():
        told = server.say(raw)
        statuses = [int(line.split()[1]) for line in told.split(b"\r\n") if line[:5] == b"HTTP/"]
        # Two answers to one request would be a smuggled one.
        assert len(statuses) <= 1, (name, told[:500])
        assert all(400 <= status < 500 for status in statuses), (name, told[:500])
        assert nothing_is_written(), name
    assert server.post("/api/v1/reports", BODY)[0] == 201
    assert not server.failure()


def part(raw: bytes, name: bytes = b"x.jpg") -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
    return head + b"Content-Type: image/jpeg\r\n\r\n" + raw + b"\r\n--b--\r\n"


def test_bombs_and_bodies_fit_in_bounded_memory(server: Server, tmp_path: Path) -> None:
    warm = server.post("/api/v1/reports", BODY), server.post("/api/v1/locate", b"[]")
    kind = "multipart/form-data; boundary=b"
    assert server.post("/api/v1/photos", part(picture(4000, 3000)), kind)[0] == 201
    assert warm[0][0] == 201
    before, kept = server.peak_mb(), Report.objects.count()
    pictures = {
        **bad_pictures(),
        "9k": picture(9000, 9000, "PNG"),
        "9k jpeg": picture(9000, 9000),
        "50k": png_that_says(50_000, 50_000, b"\0" * 1000),
        "12 MB and more": b"\xff\xd8\xff" + b"\0" * (12 << 20),
        "30 MB": b"\xff\xd8\xff" + b"\0" * (30 << 20),
    }
    for name, raw in pictures.items():
        status, told = server.post("/api/v1/photos", part(raw), kind)
        assert status in {400, 413}, (name, told[:200])
    bodies: list[Any] = [*(body for body, _ in REPORTS), *(body for body, _ in BODIES)]
    for body in bodies:
        raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
        for path in ("/api/v1/reports", "/api/v1/locate", "/api/v1/token"):
            status, told = server.post(path, raw)
            assert status == 200 or 400 <= status < 500, (path, raw[:99], told[:200])
    assert Report.objects.count() == kept
    assert Attachment.objects.count() == 1
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1
    assert server.peak_mb() - before < GROWTH_MB
    assert not server.failure()


def test_addresses_in_what_is_sent_are_never_asked(server: Server, tmp_path: Path) -> None:
    host = f"127.0.0.1:{server.canary}"
    addresses = [
        f"http://{host}/x", f"/vsicurl/http://{host}/x", f"//{host}/x", f"file://{host}/etc/passwd",
        f"gopher://{host}/_", f"${{jndi:ldap://{host}/a}}", f"<!ENTITY x SYSTEM 'http://{host}/'>",
        f"\\\\{host}\\share", f"data:text/html,<img src=http://{host}/>", f"{{{{'{host}'}}}}",
    ]  # fmt: skip
    for address in addresses:
        location = {**GOOD["location"], "address": address}
        for changed in (
            {"description": address, "location": location},
            {"location": {"address": address}},
            {"reporter": {"name": address[:40]}},
            {"photos": [address]},
            {"place": address[:20]},
        ):
            status, _ = server.post("/api/v1/reports", json.dumps({**GOOD, **changed}).encode())
            assert status == 201 or 400 <= status < 500
        svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>'.encode()
        kind = "multipart/form-data; boundary=b"
        name = address.encode().replace(b'"', b"")
        assert server.post("/api/v1/photos", part(svg, name), kind)[0] == 400
        server.say(f"GET {address} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    time.sleep(0.3)  # for whoever would ask a little later
    assert server.asked == []
    assert not server.failure()
    with socket.create_connection(("127.0.0.1", server.canary)):
        time.sleep(0.1)
    assert len(server.asked) == 1, "the canary was deaf"
