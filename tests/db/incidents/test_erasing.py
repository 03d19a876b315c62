"""A person is forgotten, and the record of what was done still holds."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from incidents.models import Contact, Incident, Note
from incidents.services import erasing
from incidents.services.vault import Reporter
from incidents.tasks import erase_old_contacts
from tests.db.incidents.test_following import ask
from tests.db.incidents.test_surveying import ANSWER, DIGITS, number_of, walk
from tests.factories import District, make_user
from tests.loop import do, make_case

PHONE, NAME = "13987654321", "欧阳某某"


@pytest.fixture
def case(district: District) -> Incident:
    return make_case(district, reporter=Reporter(NAME, PHONE))


def holds() -> None:
    assert list(audit.broken_links()) == []
    data = str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert PHONE not in data
    assert NAME not in data


def test_a_person_is_forgotten_by_phone_with_the_words(
    district: District, case: Incident, api: APIClient
) -> None:
    walk(district, case)
    other = make_case(district, reporter=Reporter("别人", "13900000000"))
    make_case(district, reporter=Reporter("同一人", f"+86{PHONE}"))
    call_command("erase_contact", phone="+86 139-8765-4321", notes=True)
    assert [one.reports.get().incident for one in Contact.objects.all()] == [other]
    notes = Note.objects.filter(incident=case)
    assert notes.exists()
    assert not notes.exclude(text="").exists()
    assert {one.salt for one in notes if one.erased_at} == {""}
    event = AuditEvent.objects.filter(action="contact.erased").first()
    assert event is not None
    assert event.data["reports"] == [number_of(case)]
    holds()
    told = ask(api, number_of(case), DIGITS).json()
    assert (told["is_open"], told["state"]) == (False, "closed")
    assert ANSWER not in str(told)


def test_of_one_report_the_words_stay_unless_asked(
    district: District, case: Incident, api: APIClient
) -> None:
    walk(district, case)
    call_command("erase_contact", report=number_of(case).lower())
    assert not Contact.objects.exists()
    assert Note.objects.filter(text=ANSWER).exists()
    holds()
    assert ask(api, number_of(case)).status_code == 200
    for wrong in ({"phone": "1"}, {"report": number_of(case)}, {"report": "x"}):
        with pytest.raises(CommandError):
            call_command("erase_contact", **wrong)


def test_what_is_settled_long_ago_is_forgotten(district: District) -> None:
    now = timezone.now()
    cases = [make_case(district, reporter=Reporter(NAME, PHONE)) for _ in range(4)]
    closed, young, void, _open = cases
    Contact.objects.update(created_at=now - timedelta(days=900))
    Incident.objects.filter(pk=closed.pk).update(
        state="closed", closed_at=now - timedelta(days=366)
    )
    Incident.objects.filter(pk=young.pk).update(state="closed", closed_at=now - timedelta(days=364))
    do(district, void.number, "void", "centre", note="不成立", now=now - timedelta(days=400))
    merged = make_case(district, reporter=Reporter(NAME, PHONE))
    Incident.objects.filter(pk=merged.pk).update(state="merged", merged_into=closed)
    Contact.objects.filter(reports__incident=merged).update(created_at=now - timedelta(days=900))
    assert AuditEvent.objects.filter(action="incident.voided").exists()
    erase_old_contacts()
    left = {one.reports.get().incident.number for one in Contact.objects.all()}
    assert left == {young.number, _open.number}
    holds()
    erase_old_contacts()
    assert Contact.objects.count() == 2


def test_somebody_who_is_gone_is_forgotten_once(case: Incident) -> None:
    contact = Contact.objects.get()
    now = timezone.now()
    for expected in (1, 0):
        done = erasing.erase([contact], with_notes=False, by=None, now=now, why="asked")
        assert done.contacts == expected
    assert AuditEvent.objects.filter(action="contact.erased").count() == 1


def test_the_administration_forgets_those_of_chosen_reports(
    district: District, case: Incident
) -> None:
    root = make_user("root", is_superuser=True, is_staff=True)
    desk = Client()
    desk.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    report = case.reports.get()
    answer = desk.post(
        reverse("admin:incidents_report_changelist"),
        {"action": "forget", "_selected_action": [report.pk]},
    )
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["已清除 1 位联系人。"]
    assert not Contact.objects.exists()
    event = AuditEvent.objects.get(action="contact.erased")
    assert event.actor == root
    holds()
