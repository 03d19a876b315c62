"""Partners are told what becomes of their reports: at least once, under one key, signed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from gis.ledger.models import OutboxMessage
from gis.ledger.services import outbox
from incidents.channels import signing
from incidents.models import Channel, ChannelPartner, Incident, Report
from incidents.services import telling
from incidents.services.tables import load_tables
from tests.db.incidents.conftest import LAOSHAN
from tests.factories import District
from tests.loop import NORMAL_PATH, client_of, do, make_case, send
from tests.partners import an_order, make_partner, push


@dataclass
class Partner:
    """A server of a partner: what it was sent, and what it answers next."""

    url: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def listening(settings: Settings) -> Iterator[Partner]:
    partner = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            partner.seen.append((headers, raw))
            status = partner.answers.pop(0) if partner.answers else 200
            if status == 0:
                self.close_connection = True  # taken, and the answer is lost
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", partner.url + "elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    partner.url = f"http://{host}/callback"
    settings.CALLBACK_HOSTS = [host]
    yield partner
    server.shutdown()
    server.server_close()


@pytest.fixture
def ground(district: District) -> District:
    load_tables(LAOSHAN)
    return district


def from_partner(key: str) -> Incident:
    assert push("hotline", an_order(), key).status_code == 201
    return Report.objects.get(external_id="RX2026112400001").incident


def walk(ground: District, case: Incident) -> None:
    for action, role in NORMAL_PATH:
        given = {"note": "路灯已修好。"} if action == "feed_back" else None
        assert send(client_of(ground.users[role]), case.number, action, given).status_code == 200


def test_answer_and_closing_are_told_signed(ground: District, listening: Partner) -> None:
    _partner, key = make_partner("hotline", callback_url=listening.url)
    case = from_partner(key)
    walk(ground, case)
    outbox.relay(now=timezone.now())
    told = [json.loads(raw) for _headers, raw in listening.seen]
    assert [one["event"] for one in told] == ["answered", "closed"]
    assert told[0]["answer"] == "路灯已修好。"
    assert {one["external_id"] for one in told} == {"RX2026112400001"}
    for (headers, raw), one in zip(listening.seen, told, strict=True):
        assert headers["idempotency-key"] == f"wangge-{one['id']}"
        header = headers[signing.HEADER.lower()]
        assert signing.signed_by(header, raw, [key], now=timezone.now()) == 0
    kept = str(list(OutboxMessage.objects.values("payload", "last_error")))
    assert "路灯" not in kept


@pytest.mark.parametrize("trouble", [0, 500, 302])
def test_what_was_not_answered_is_sent_again_under_the_same_key(
    ground: District, listening: Partner, trouble: int
) -> None:
    _partner, key = make_partner("hotline", callback_url=listening.url)
    case = from_partner(key)
    listening.answers = [trouble]
    do(ground, case.number, "void", "centre", note="不成立")
    now = timezone.now()
    outbox.relay(now=now)
    row = OutboxMessage.objects.get(topic=telling.TOPIC)
    assert (row.attempts, row.done_at) == (1, None)
    assert row.due_at > now
    outbox.relay(now=now + timedelta(minutes=5))
    row.refresh_from_db()
    assert row.done_at is not None
    keys = [headers["idempotency-key"] for headers, _raw in listening.seen]
    assert keys == [f"wangge-{row.pk}"] * 2
    assert json.loads(listening.seen[1][1])["event"] == "voided"


def test_a_case_that_others_were_merged_into_tells_all_of_them(
    ground: District, listening: Partner
) -> None:
    _partner, key = make_partner("hotline", callback_url=listening.url)
    case, main = from_partner(key), make_case(ground)
    do(ground, case.number, "merge", "centre", into=main.number)
    walk(ground, main)
    do(ground, main.number, "reopen", "centre", note="又坏了")
    outbox.relay(now=timezone.now())
    told = [json.loads(raw) for _headers, raw in listening.seen]
    assert [one["event"] for one in told] == ["answered", "closed", "reopened"]
    assert {one["incident"] for one in told} == {main.number}


def test_what_an_import_brought_is_told_to_the_one_partner(
    ground: District, listening: Partner
) -> None:
    make_partner("hotline", callback_url=listening.url)
    channel = Channel.objects.get(code="hotline")
    case = make_case(ground, channel=channel, external_id="OLD-1")
    do(ground, case.number, "void", "centre", note="不成立")
    outbox.relay(now=timezone.now())
    assert [json.loads(raw)["external_id"] for _headers, raw in listening.seen] == ["OLD-1"]
    make_partner("hotline", name="另一家", callback_url=listening.url)
    do(ground, case.number, "reopen", "centre", note="又有")
    assert OutboxMessage.objects.filter(topic=telling.TOPIC).count() == 1


def test_without_an_address_it_is_a_whole_file(
    ground: District, settings: Settings, tmp_path: Path
) -> None:
    settings.DROP_FOLDER = str(tmp_path)
    _partner, key = make_partner("hotline")
    case = from_partner(key)
    do(ground, case.number, "void", "centre", note="不成立")
    outbox.relay(now=timezone.now())
    (file,) = (tmp_path / "hotline" / "out").iterdir()
    row = OutboxMessage.objects.get(topic=telling.TOPIC)
    assert file.name == f"{row.pk}.json"
    assert json.loads(file.read_text())["event"] == "voided"
    telling.tell(row.payload, row.pk)
    assert [one.name for one in (tmp_path / "hotline" / "out").iterdir()] == [file.name]


def test_nobody_else_is_told(ground: District, listening: Partner) -> None:
    partner, key = make_partner("hotline", callback_url=listening.url)
    case, other = from_partner(key), make_case(ground)
    do(ground, other.number, "void", "centre", note="不成立")
    assert not OutboxMessage.objects.filter(topic=telling.TOPIC).exists()
    do(ground, case.number, "void", "centre", note="不成立")
    ChannelPartner.objects.filter(pk=partner.pk).update(is_active=False)
    outbox.relay(now=timezone.now())
    assert OutboxMessage.objects.get(topic=telling.TOPIC).done_at is not None
    do(ground, case.number, "reopen", "centre", note="又有")
    assert OutboxMessage.objects.filter(topic=telling.TOPIC).count() == 1
    assert listening.seen == []


def test_a_partner_that_is_away_is_asked_once(
    ground: District, listening: Partner, settings: Settings
) -> None:
    _partner, key = make_partner("hotline", callback_url=listening.url)
    case = from_partner(key)
    listening.answers = [0]
    do(ground, case.number, "void", "centre", note="不成立")
    do(ground, case.number, "reopen", "centre", note="又有")
    now = timezone.now()
    outbox.relay(now=now)
    assert len(listening.seen) == 1
    errors = OutboxMessage.objects.filter(topic=telling.TOPIC).order_by("pk")
    assert [row.last_error.split(": ")[1] for row in errors] == [
        "no answer", "an earlier message waits for its answer",
    ]  # fmt: skip
    OutboxMessage.objects.filter(topic=telling.TOPIC).update(due_at=now)
    outbox.relay(now=timezone.now())
    assert [json.loads(raw)["event"] for _headers, raw in listening.seen] == [
        "voided", "voided", "reopened",
    ]  # fmt: skip


def test_only_configured_hosts_are_asked(settings: Settings) -> None:
    settings.CALLBACK_HOSTS = ["partner.example", "10.0.0.5:8080"]
    for url in ("https://partner.example/x", "http://10.0.0.5:8080/"):
        assert telling.is_allowed(url), url
    for url in (
        "https://other.example/", "http://10.0.0.5/", "ftp://partner.example/", "file:///etc/passwd",
        "https://partner.example@other.example/", "https://u@partner.example/", "https://[x/",
        "https://partner.example:99999/", "", "https://partner.example.evil.example/",
    ):  # fmt: skip
        assert not telling.is_allowed(url), url


def test_an_address_that_is_not_configured_waits(
    ground: District, listening: Partner, settings: Settings
) -> None:
    settings.CALLBACK_HOSTS = []
    _partner, key = make_partner("hotline", callback_url=listening.url)
    do(ground, from_partner(key).number, "void", "centre", note="不成立")
    outbox.relay(now=timezone.now())
    assert "WANGGE_CALLBACK_HOSTS" in OutboxMessage.objects.get(topic=telling.TOPIC).last_error
    assert listening.seen == []
