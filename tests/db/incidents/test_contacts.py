"""Contacts are masked, and shown for a reason that is kept with who asked."""

from typing import Any
from uuid import uuid4

import pytest

from gis.ledger.models import AuditEvent, IdempotencyKey
from gis.ledger.services.audit import broken_links
from incidents.models import Incident, Note
from incidents.services.vault import Reporter
from tests.factories import District
from tests.loop import client_of, do, make_case, tell

pytestmark = pytest.mark.django_db

PHONE, NAME = "13800005678", "王小明"


@pytest.fixture
def case(district: District) -> Incident:
    return make_case(district, reporter=Reporter(NAME, PHONE))


def reveal(
    district: District, role: str, number: str, reason: str = "核实情况", key: str = ""
) -> Any:
    return client_of(district.users[role]).post(
        f"/api/v1/incidents/{number}/contacts",
        {"reason": reason},
        format="json",
        headers={"idempotency-key": key or str(uuid4())},
    )


def test_a_case_tells_the_contact_masked(district: District, case: Incident) -> None:
    told = tell(client_of(district.users["centre"]), case.number)
    assert told["reports"][0]["contact"] == {"name": "王**", "phone": "138****5678"}
    assert told["may_reveal"] is True
    assert PHONE not in str(told)
    assert NAME not in str(told)


def test_a_reason_shows_it_and_is_kept(district: District, case: Incident) -> None:
    answer = reveal(district, "centre", case.number, "回访前核对")
    assert answer.status_code == 200, answer.content
    told = answer.json()["contacts"]
    assert told == [{"report": case.reports.get().number, "name": NAME, "phone": PHONE}]
    assert answer["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="incident.contact_revealed")
    assert event.actor == district.users["centre"]
    assert list(event.data) == ["note"]
    assert len(event.data["note"]) == 64
    assert Note.objects.get(incident=case, sequence=event.sequence).text == "回访前核对"
    assert not list(broken_links())
    last = tell(client_of(district.users["centre"]), case.number)["events"][-1]
    assert (last["label"], last["note"]) == ("查看了联系方式", "回访前核对")


def test_sent_again_it_is_written_once(district: District, case: Incident) -> None:
    key = str(uuid4())
    answers = [reveal(district, "centre", case.number, "核实", key) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert AuditEvent.objects.filter(action="incident.contact_revealed").count() == 1
    kept = IdempotencyKey.objects.get(key=key)
    assert PHONE not in str(kept.answer)
    assert reveal(district, "centre", case.number, "别的", key).status_code == 409


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_without_a_reason_nothing_is_shown(district: District, case: Incident, reason: str) -> None:
    assert reveal(district, "centre", case.number, reason).status_code == 400
    assert not AuditEvent.objects.filter(action="incident.contact_revealed").exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("admin", 200), ("centre", 200), ("subdistrict", 200), ("community", 200),
        ("worker", 403), ("grid_head", 403), ("planner", 403), ("leader", 403), ("handler", 404),
    ],
)  # fmt: skip
def test_who_may_see_it(district: District, case: Incident, role: str, status: int) -> None:
    answer = reveal(district, role, case.number)
    assert answer.status_code == status, answer.content
    seen = AuditEvent.objects.filter(action="incident.contact_revealed").exists()
    assert seen == (status == 200)


def test_who_leads_may_see_it_once_it_is_theirs(district: District, case: Incident) -> None:
    do(district, case.number, "file", "centre")
    do(district, case.number, "dispatch", "centre", unit="department")
    assert reveal(district, "handler", case.number).status_code == 200


def test_a_contact_that_was_erased_is_not_there(district: District, case: Incident) -> None:
    report = case.reports.get()
    contact = report.reporter
    assert contact is not None
    contact.delete()
    assert reveal(district, "centre", case.number).json() == {"contacts": []}
    told = tell(client_of(district.users["centre"]), case.number)
    assert told["reports"][0]["contact"] is None
