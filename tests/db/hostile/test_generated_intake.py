"""Whatever is reported, uploaded, asked or imported: an answer or a refusal, nothing by halves."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import Attachment, AuditEvent, IdempotencyKey, OutboxMessage
from incidents.models import Attribution, Channel, Contact, Incident, Report
from tests.db.hostile.reports import GOOD
from tests.db.hostile.tables import HEADER, MAPPING
from tests.db.hostile.test_generated import NUMBER, TEXT
from tests.factories import District
from tests.pictures import located_picture, picture

MANY = settings(
    max_examples=90, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANY = st.recursive(
    st.one_of(NUMBER, st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
LOCATION = st.one_of(
    ANY,
    st.fixed_dictionaries(
        {}, optional={"lon": NUMBER, "lat": NUMBER, "datum": TEXT, "accuracy_m": NUMBER,
                      "address": st.text(max_size=30)},
    ),
    st.fixed_dictionaries({"lon": st.floats(-180, 180), "lat": st.floats(-90, 90)}),
)  # fmt: skip
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "channel": TEXT, "kind": st.one_of(TEXT, st.just("enforcement")), "description": st.text(),
    "category": TEXT, "occurred_at": st.one_of(TEXT, st.datetimes().map(str)), "location": LOCATION,
    "reporter": ANY, "photos": ANY, "place": TEXT, "x": ANY,
}  # fmt: skip


@pytest.fixture
def client(district: District, settings: Settings, tmp_path: Path) -> APIClient:
    settings.MEDIA_ROOT = tmp_path / "media"
    for code in ("resident", "hotline"):
        Channel.objects.update_or_create(
            code=code, defaults={"name": code, "name_en": "r", "datum": "wgs84", "is_open": True}
        )
    return APIClient(raise_request_exception=False)


def rows() -> list[int]:
    """How many there are of what one report makes, whoever sends it."""
    reports = AuditEvent.objects.filter(action="report.received").count()
    return [Report.objects.count(), Incident.objects.count(), Attribution.objects.count(),
            IdempotencyKey.objects.count(), reports]  # fmt: skip


def more() -> tuple[int, int]:
    return OutboxMessage.objects.count(), Contact.objects.count()


def sent(client: APIClient, raw: Any) -> None:
    """A report is answered with 201 and one row of each, or refused and leaves everything alone."""
    before, others = rows(), more()
    told = client.generic(
        "POST", "/api/v1/reports", raw, content_type="application/json",
        headers={"idempotency-key": str(uuid4())},
    )  # fmt: skip
    if told.status_code == 201:
        assert rows() == [count + 1 for count in before]
    else:
        assert 400 <= told.status_code < 500, (told.status_code, raw)
        assert told.json()["errors"]
        assert (rows(), more()) == (before, others)


@MANY
@given(st.fixed_dictionaries({}, optional=FIELDS))
@example({"location": {"lon": 1e308, "lat": 1, "datum": "bd09"}})
@example({"location": {"lon": 180.0, "lat": 90.0, "datum": "bd09"}})
def test_any_report(client: APIClient, changed: dict[str, Any]) -> None:
    try:
        body = json.dumps({**GOOD, **changed})
    except UnicodeEncodeError:
        return
    sent(client, body)


@MANY
@given(st.binary(max_size=80), st.integers(0, 200))
def test_any_bytes_in_a_report(client: APIClient, raw: bytes, at: int) -> None:
    good = json.dumps(GOOD).encode()
    sent(client, good[:at] + raw + good[at:])


@MANY
@given(st.data())
def test_any_picture(client: APIClient, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "located"]))
    raw = bytearray(located_picture() if kind == "located" else picture(kind=kind))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    before = Attachment.objects.count()
    told = client.post("/api/v1/photos", {"file": SimpleUploadedFile("x.jpg", bytes(raw))})
    assert told.status_code in {201, 400}, told.content
    assert Attachment.objects.count() == before + (told.status_code == 201)


NAMES = ["grid", "region", "edition", "place", "bbox", "kind", "category", "state", "from", "to",
         "placed", "page", "page_size"]  # fmt: skip


@MANY
@given(st.dictionaries(st.sampled_from(NAMES), st.one_of(TEXT, st.dates(), st.datetimes())))
def test_any_question_about_cases(
    client: APIClient, district: District, query: dict[str, object]
) -> None:
    client.force_authenticate(district.users["centre"])
    texts = {name: str(value).encode("utf-8", "surrogatepass") for name, value in query.items()}
    told = client.get("/api/v1/incidents", texts)
    assert told.status_code == 200 or 400 <= told.status_code < 500, (query, told.status_code)


CELL = st.one_of(st.text(max_size=20), NUMBER.map(str), st.just("120.405"), st.just("2022-11-08"))


@MANY
@given(st.lists(st.lists(CELL, min_size=4, max_size=6), max_size=4), st.binary(max_size=20))
def test_any_table(client: APIClient, tmp_path: Path, lines: list[list[str]], tail: bytes) -> None:
    file, profile = tmp_path / "t.csv", tmp_path / "m.toml"
    profile.write_text(MAPPING, encoding="utf-8")
    text = "\r\n".join([HEADER, *(",".join(line) for line in lines)])
    file.write_bytes(text.encode("utf-8", "surrogatepass") + b"\r\n" + tail)
    before = rows()
    with suppress(CommandError):
        call_command("import_reports", file, place="370299", channel="hotline", profile=profile,
                     verbosity=0)  # fmt: skip
    new = [now - then for now, then in zip(rows(), before, strict=True)]
    assert len({new[0], new[1], new[2], new[4]}) == 1
