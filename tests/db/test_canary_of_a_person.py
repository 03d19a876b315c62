"""Who reported is a canary: seeded once, it must come out nowhere, whoever asks whatever."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import StreamEvent
from gis.ledger.services import outbox
from incidents.models import Channel, ChannelPartner, Contact, Report
from incidents.services import deadlines, news, vault
from tests.db.incidents.conftest import a_report, make_channels
from tests.db.test_scope_matrix import ROUTES, call
from tests.factories import District, make_user
from tests.partners import an_order, push
from tests.pictures import located_picture

PHONE, NAME = "13876543219", "欧阳金丝雀"
# As they are written, without the country's digits in front, and as JSON would escape the name.
TRACES = [PHONE, PHONE[-8:], "138-7654-3219", NAME, NAME.encode("unicode_escape").decode()]
# What a phone writes into its file: the make, and the GPS as the three numbers it is kept in.
FILE_TRACES = [b"PhoneMaker", b"secret-xmp", b"secret-comment", b"Exif", b"GPS"]


@pytest.fixture
def seeded(
    district: District, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> District:
    """A report of a person with a located picture, sent, sent again and refused in several ways."""
    settings.MEDIA_ROOT = tmp_path / "media"
    caplog.set_level(logging.DEBUG)
    make_channels()
    client = APIClient()
    photo = client.post(
        "/api/v1/photos", {"file": SimpleUploadedFile(f"{NAME}.jpg", located_picture())}
    )
    assert photo.status_code == 201
    body = a_report(reporter={"name": NAME, "phone": "138-7654-3219"}, photos=[photo.json()["id"]])
    key = str(uuid4())
    found = [send(client, body, key), send(client, body, key)]
    assert [one.status_code for one in found] == [201, 201]
    refusals = [
        send(client, {**body, "description": "other"}, key),
        send(client, {**body, "kind": "nothing"}, str(uuid4())),
        send(client, {**body, "photos": [str(uuid4())]}, str(uuid4())),
        send(client, {**body, "reporter": {"name": NAME, "phone": PHONE * 4}}, str(uuid4())),
        send(client, {**body, "reporter": {"name": NAME * 20, "phone": PHONE}}, str(uuid4())),
        send(client, {**body, "reporter": {"name": NAME, "phone": f"{PHONE}x"}}, str(uuid4())),
    ]
    assert all(400 <= one.status_code < 500 for one in refusals)
    found.append(by_a_partner(wrong=False))
    refusals.append(by_a_partner(wrong=True))
    judged = client.post(
        f"/api/v1/reports/{found[0].json()['number']}/survey",
        {"digits": PHONE[-4:], "score": 5, "note": "x"},
        format="json",
        headers={"idempotency-key": str(uuid4())},
    )
    for one in [*found, *refusals, judged]:
        silent(one.content.decode(), "an answer to the sender")
    case = Report.objects.get(external_id="").incident
    act = Client()
    act.force_login(district.users["centre"])
    for action in ("file", "void"):
        given = {"note": "不成立"} if action == "void" else {}
        done = act.post(
            f"/api/v1/incidents/{case.number}/actions/{action}", given,
            content_type="application/json", headers={"idempotency-key": str(uuid4())},
        )  # fmt: skip
        assert done.status_code == 200
    deadlines.sweep(now=timezone.now() + timedelta(days=90))
    outbox.relay(now=timezone.now())
    return district


def by_a_partner(*, wrong: bool) -> Any:
    """The same person, called in over the hotline."""
    order = an_order(
        callerName=NAME, callerPhone=f"{PHONE}x" if wrong else PHONE, content="路灯不亮"
    )
    key = str(uuid4())
    partner, _ = ChannelPartner.objects.get_or_create(
        channel=Channel.objects.get(code="hotline"), name="热线"
    )
    ChannelPartner.objects.filter(pk=partner.pk).update(secret=vault.seal_words([key]))
    return push("hotline", order, key)


def send(client: APIClient, body: dict[str, Any], key: str) -> Any:
    return client.post("/api/v1/reports", body, format="json", headers={"idempotency-key": key})


def silent(text: str, where: str) -> None:
    found = [trace for trace in TRACES if trace in text]
    assert not found, f"{where}: {found}"


def test_the_canary_is_there(seeded: District) -> None:
    for contact in Contact.objects.all():
        told = vault.unseal(contact)
        assert (told.name, told.phone) == (NAME, PHONE)
    assert Contact.objects.count() == 2


def test_the_stream_does_not_tell_it(seeded: District) -> None:
    rows = list(StreamEvent.objects.values("topic", "payload", "audience"))
    assert {row["topic"] for row in rows} >= {news.RECEIVED, news.CHANGED, news.OVERDUE}
    silent(json.dumps(rows, ensure_ascii=False), "the stream")
    root = Client()
    root.force_login(seeded.users["centre"])
    answer = root.get("/api/v1/stream", {"last_event_id": "0"})
    assert "incident.overdue" in content(answer)
    silent(content(root.get("/api/v1/stream", {"last_event_id": "0"})), "the stream's answer")


def test_no_route_tells_it_to_any_role(seeded: District) -> None:
    clients = {"nobody": Client()}
    for role, user in seeded.users.items():
        clients[role] = Client()
        clients[role].force_login(user)
    report = Report.objects.get(external_id="")
    assert report.incident.grid
    photo = report.photos.get().pk
    more = [
        "/api/v1/incidents?page_size=2000", "/api/v1/incidents?format=json",
        f"/api/v1/reports/{report.number}", f"/report/{report.number}",
        f"/api/v1/incidents/{report.incident.number}",
        f"/api/v1/photos/{photo}", f"/api/v1/incidents?grid={report.incident.grid.code}",
    ]  # fmt: skip
    asked = 0
    for role, client in clients.items():
        for route in ROUTES.values():
            if route.path in {"/logout/", "/login/"}:
                continue
            answer = client.get(route.path, route.query or {})
            silent(content(answer), f"{role} {route.path}")
            call(client, route)
            asked += 1
        for path in more:
            raw = client.get(path)
            silent(content(raw), f"{role} {path}")
    assert asked > 200


def content(answer: Any) -> str:
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    return raw.decode("utf-8", "replace") + headers


def test_no_page_of_the_administration_shows_it(seeded: District) -> None:
    root = make_user("root", is_superuser=True, is_staff=True)
    desk = Client()
    desk.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    seen = 0
    for model in apps.get_models():
        if model not in admin.site._registry:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        paths = [reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + f"?q={PHONE[-4:]}"]
        if row is not None:
            paths += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history")]
        for path in paths:
            silent(desk.get(path).content.decode(), path)
            seen += 1
    assert seen > 40


def test_no_table_holds_it(seeded: District) -> None:
    """As a dump would write the rows, whatever the type of a column; binary as text too."""
    tables = connection.introspection.table_names()
    assert len(tables) > 25
    hexed = [trace.encode().hex() for trace in TRACES]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                silent(text, table)
                assert not [one for one in hexed if one in text], table


def test_no_file_holds_it(seeded: District, tmp_path: Path) -> None:
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        silent(str(path), "a name")
        raw = path.read_bytes()
        assert not [trace for trace in TRACES if trace.encode() in raw], path
        assert not [trace for trace in FILE_TRACES if trace in raw], path
        assert not Image.open(BytesIO(raw)).getexif()


def test_no_log_tells_it(seeded: District, caplog: pytest.LogCaptureFixture) -> None:
    records = caplog.get_records("setup")
    assert any(record.name == "django.request" for record in records)
    formatter = logging.Formatter("%(message)s")
    silent("\n".join(formatter.format(record) + repr(record.args) for record in records), "the log")
