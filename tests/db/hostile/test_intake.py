"""Hostile reports and pictures: refused as 4xx with reasons, and nothing is written."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import Attachment, IdempotencyKey
from incidents.models import Channel, Contact, Incident, Report
from tests.db.hostile.reports import GOOD, KEYS, REPORTS
from tests.db.hostile.test_corpus import reasons
from tests.factories import District
from tests.pictures import bad_pictures, picture

JSON = "application/json"


@pytest.fixture
def lenient(district: District, settings: Settings, tmp_path: Path) -> APIClient:
    """A client that hands exceptions over as the server would: as a 500."""
    settings.MEDIA_ROOT = tmp_path
    Channel.objects.update_or_create(
        code="resident",
        defaults={"name": "居民", "name_en": "r", "datum": "wgs84", "is_open": True},
    )
    return APIClient(raise_request_exception=False)


def post(client: APIClient, body: str, key: str | None = None, kind: str = JSON) -> Any:
    headers = {"idempotency-key": str(uuid4()) if key is None else key}
    return client.generic("POST", "/api/v1/reports", body, content_type=kind, headers=headers)


def nothing_is_written() -> bool:
    models: list[Any] = [Report, Incident, Contact, IdempotencyKey, Attachment]
    return not any(model.objects.exists() for model in models)


def test_reports(lenient: APIClient) -> None:
    assert len(REPORTS) > 100
    for body, field in REPORTS:
        errors = reasons(post(lenient, body))
        assert field is None or field in {error["field"] for error in errors}, (body[:99], errors)
    assert nothing_is_written()


def test_keys(lenient: APIClient) -> None:
    for key in KEYS:
        assert reasons(post(lenient, json.dumps(GOOD), key))[0]["field"] == "Idempotency-Key"
    assert nothing_is_written()
    assert post(lenient, json.dumps(GOOD)).status_code == 201


def test_pictures(lenient: APIClient, tmp_path: Path) -> None:
    assert len(bad_pictures()) > 30
    for name, raw in bad_pictures().items():
        told = lenient.post("/api/v1/photos", {"file": SimpleUploadedFile("x.jpg", raw)})
        assert {error["field"] for error in reasons(told)} == {"file"}, name
    assert nothing_is_written()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name",
    [
        "../../x.jpg",
        "x.php",
        "x\r\nX: y.jpg",
        "/etc/passwd",
        "a" * 500 + ".jpg",
        "x.svg",
        "💩",
    ],
)
def test_the_name_of_a_file_means_nothing(lenient: APIClient, tmp_path: Path, name: str) -> None:
    file = SimpleUploadedFile("x", picture())
    file.name = name
    told = lenient.post("/api/v1/photos", {"file": file})
    assert told.status_code == 201 or reasons(told)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or re.fullmatch(r"[0-9a-f-]{36}\.jpg", path.name)


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x--", b"--x\r\n\r\n\r\n--x--\r\n", b"\xff" * 100,
     b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\ntext\r\n--x--\r\n",
     b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
     b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\nq\r\n--x--\r\n'],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
def test_broken_multipart(lenient: APIClient, body: Any, kind: str) -> None:
    reasons(lenient.generic("POST", "/api/v1/photos", body, content_type=kind))


@pytest.mark.parametrize("path", ["reports", "photos"])
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/jpeg", "", "x"])
def test_other_kinds_of_body(lenient: APIClient, path: str, kind: str) -> None:
    headers = {"idempotency-key": str(uuid4())}
    told = lenient.generic("POST", f"/api/v1/{path}", "{}", content_type=kind, headers=headers)
    reasons(told)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods(lenient: APIClient, method: str) -> None:
    for path in ("reports", "photos"):
        reasons(lenient.generic(method, f"/api/v1/{path}"))


def test_a_flood_without_an_account_is_counted_whatever_is_forwarded(
    lenient: APIClient, settings: Settings
) -> None:
    settings.REPORTS_PER_MINUTE = 5
    address = f"10.{uuid4().int % 250}.{uuid4().int % 250}.{uuid4().int % 250}"
    told = [
        lenient.generic(
            "POST",
            "/api/v1/reports",
            json.dumps(GOOD),
            content_type=JSON,
            headers={"idempotency-key": str(uuid4()), "x-forwarded-for": f"1.2.3.{number}"},
            REMOTE_ADDR=address,
        ).status_code
        for number in range(8)
    ]
    assert told == [201] * 5 + [429] * 3
