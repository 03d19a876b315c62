"""Asking after a report by its number and the last four digits of its phone."""

import logging
from datetime import date, timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.api.throttling import AddressThrottle
from incidents.models import Contact, Report
from incidents.services import following, numbers, vault
from tests.db.incidents.conftest import a_report, send
from tests.factories import District
from tests.pictures import picture

pytestmark = pytest.mark.usefixtures("channels")
PHONE, NAME = "+86 139-8765-4321", "欧阳某某"
UNKNOWN = "R261123-0000000000AB"


def ask(api: APIClient, number: str, digits: str | None = None, **more: Any) -> Any:
    body = {} if digits is None else {"digits": digits}
    return api.post(f"/api/v1/reports/{number}", body, format="json", **more)


@pytest.fixture
def sent(district: District, api: APIClient) -> str:
    photo = api.post("/api/v1/photos", {"file": SimpleUploadedFile("x.jpg", picture())}).json()
    body = a_report(category="S0101", photos=[photo["id"]], reporter={"name": NAME, "phone": PHONE})
    return str(send(api, body).json()["number"])


def test_with_the_digits_it_is_all_there(district: District, api: APIClient, sent: str) -> None:
    told = ask(api, sent, "4321")
    body = told.json()
    report = Report.objects.get()
    assert told.status_code == 200
    assert "no-store" in told["Cache-Control"]
    (photo,) = body.pop("photos")
    assert body == {
        "number": sent,
        "state": "received",
        "time_zone": "Asia/Shanghai",
        "is_open": True,
        "timeline": [{"at": mock.ANY, "event": "received"}],
        "incident": report.incident.number,
        "kind": "livelihood",
        "category": {"code": "S0101", "name": "道路破损"},
        "description": "9 号楼下台阶破损",
        "address": "",
        "occurred_at": mock.ANY,
        "grid": {"code": district.cell(0, 0).code, "name": district.cell(0, 0).name},
        "community": {"code": "370299001001", "name": "001001社区"},
        "handled_in": None,
        "survey": {"is_open": False, "score": None},
    }
    shown = api.get(photo["url"])
    assert shown["Content-Type"] == "image/jpeg"
    assert (photo["width"], photo["height"]) == (80, 60)
    assert NAME not in told.content.decode()
    assert "8765" not in told.content.decode()


def test_an_unknown_number_and_wrong_digits_get_the_same_answer(api: APIClient, sent: str) -> None:
    answers = [
        ask(api, sent, "4322"), ask(api, sent), ask(api, sent, ""), ask(api, UNKNOWN, "4321"),
        ask(api, UNKNOWN), ask(api, "nonsense", "4321"), ask(api, "x" * 500, "4321"),
    ]  # fmt: skip
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert answers[0].json()["errors"][0]["code"] == "no_match"


def test_a_number_is_read_as_people_write_it(api: APIClient, sent: str) -> None:
    for written in (sent.lower(), sent.replace("-", ""), sent.replace("0", "O"), f" {sent} "):
        assert ask(api, written, "4321").status_code == 200, written


def test_without_a_phone_the_number_shows_the_state_and_no_content(
    district: District, api: APIClient
) -> None:
    for reporter in (None, {"name": NAME}):
        number = send(api, a_report(**({"reporter": reporter} if reporter else {}))).json()[
            "number"
        ]
        for digits in (None, "4321", "0000"):
            assert ask(api, number, digits).json() == {
                "number": number,
                "state": "received",
                "time_zone": "Asia/Shanghai",
                "is_open": False,
                "timeline": [{"at": mock.ANY, "event": "received"}],
            }


def test_what_is_no_digits_is_refused_with_its_reason(api: APIClient, sent: str) -> None:
    for wrong in ("432", "43211", "\uff14\uff13\uff12\uff11", "abcd", 4321, ["4321"]):
        told = ask(api, sent, wrong)  # type: ignore[arg-type]
        assert (told.status_code, told.json()["errors"][0]["field"]) == (400, "digits"), wrong
    assert api.post(f"/api/v1/reports/{sent}", {"phone": "1"}, format="json").status_code == 400
    assert api.get(f"/api/v1/reports/{sent}").status_code == 404
    assert api.get(f"/api/v1/reports/{sent}", {"digits": "4321"}).status_code == 400


def test_tries_are_counted_by_number_whatever_the_address(
    api: APIClient, sent: str, settings: Settings
) -> None:
    settings.FOLLOW_DIGITS_TRIED = 3
    written = [sent, sent.lower(), sent.replace("-", ""), sent, sent]
    told = [
        ask(api, number, f"000{n}", REMOTE_ADDR=f"198.51.100.{n}").status_code
        for n, number in enumerate(written)
    ]
    assert told == [404, 404, 404, 429, 429]
    assert ask(api, sent, "4321", REMOTE_ADDR="198.51.100.9").status_code == 429
    other = numbers.report_number(date(2026, 11, 23))
    assert ask(api, other, "4321").status_code == 404


def test_tries_are_counted_by_address_whatever_is_forwarded(
    api: APIClient, sent: str, settings: Settings
) -> None:
    settings.FOLLOWS_PER_MINUTE = 3
    somewhere = f"2001:db8::{uuid4().hex[:4]}:{uuid4().hex[:4]}"
    told = [
        ask(
            api,
            f"R261123-00000000000{n}",
            REMOTE_ADDR=somewhere,
            headers={"x-forwarded-for": f"10.0.0.{n}", "x-real-ip": f"10.0.0.{n}"},
        ).status_code
        for n in range(5)
    ]
    assert told == [404, 404, 404, 429, 429]


def test_nobody_guesses_while_nobody_can_count(
    api: APIClient, sent: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(AddressThrottle, "_resting_until", 0.0)
    assert ask(api, sent, "4321").status_code == 429
    monkeypatch.setattr(AddressThrottle, "_resting_until", 0.0)


def test_nothing_of_a_person_is_logged(
    api: APIClient, sent: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(api, sent, "4321")
    ask(api, sent, "1111")
    said = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert "8765" not in said
    assert NAME not in said


def test_a_vault_that_cannot_be_opened_opens_nothing(
    api: APIClient, sent: str, settings: Settings
) -> None:
    settings.VAULT_KEYS = ["another key that seals nothing of what is there"]
    assert ask(api, sent, "4321").status_code == 404
    assert ask(api, sent).status_code == 404


def test_a_forgotten_person_leaves_a_state(api: APIClient, sent: str) -> None:
    Contact.objects.all().delete()
    assert ask(api, sent, "4321").json()["is_open"] is False


def test_the_pictures_are_for_who_has_just_opened_them(
    district: District, api: APIClient, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = ask(api, sent, "4321").json()["photos"][0]["url"]
    other = str(send(api, a_report()).json()["number"])
    for wrong in (
        url.split("?")[0], f"{url}x", url.replace("pass=", "pass=x"), url.replace(sent, other),
        url.replace(sent, UNKNOWN),
    ):  # fmt: skip
        assert api.get(wrong).status_code == 404, wrong
    monkeypatch.setattr(following, "PASS_FOR", timedelta(seconds=-1))
    assert api.get(url).status_code == 404


def test_the_decoy_is_never_right() -> None:
    assert vault.check_digits(None, "0000") is vault.Digits.NO_PHONE
