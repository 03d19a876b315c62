"""Who may do what from where: the state first, then the person, then what must be given."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from grids.choices import Role, UnitKind
from grids.models import Unit
from incidents.choices import IncidentState
from incidents.models import Assignment, Clock, Incident, Note, Request
from incidents.workflow.actions import Action
from tests.factories import District, make_post, make_user
from tests.loop import client_of, do, make_case, normal, send, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(district: District) -> str:
    return str(make_case(district).number)


@pytest.fixture
def sent(district: District, number: str) -> str:
    """A case that was dispatched to the default unit."""
    for action in ("verify", "file"):
        do(district, number, action, "centre")
    do(district, number, "dispatch", "centre", unit="department")
    return number


def test_a_case_that_moved_on_is_409(district: District, number: str) -> None:
    answer = send(client_of(district.users["centre"]), number, "close")
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "state_moved"


def test_who_may_not_is_403_with_the_reason(district: District, number: str) -> None:
    answer = send(client_of(district.users["worker"]), number, "file")
    assert answer.status_code == 403
    problem = answer.json()["errors"][0]
    assert problem["code"] == "not_allowed"
    assert "区治理中心" in problem["message"]


def test_what_is_missing_is_422_by_name(district: District, sent: str) -> None:
    centre = client_of(district.users["centre"])
    do(district, sent, "check_in", "handler")
    missing = send(client_of(district.users["handler"]), sent, "handle", {})
    assert missing.status_code == 422
    assert [one["field"] for one in missing.json()["errors"]] == ["note"]
    wrong = send(centre, sent, "supervise", {"hours": "much", "note": "x" * 2001, "colour": "red"})
    assert wrong.status_code == 422
    assert {one["field"]: one["code"] for one in wrong.json()["errors"]} == {
        "colour": "unknown_field", "hours": "not_a_number", "note": "too_long",
    }  # fmt: skip
    assert Incident.objects.get(number=sent).state == IncidentState.CHECKED_IN


@pytest.mark.parametrize(
    "given",
    [
        {"unit": "nobody"}, {"unit": 7}, {"unit": ["department"]}, {"unit": None},
        {"unit": "department", "supporting": "office-001"},
        {"unit": "department", "supporting": ["centre", "nobody"]},
        {"unit": "department", "limit_days": -1}, {"unit": "department", "limit_days": True},
        {"unit": "department", "limit_days": 1e9}, {"unit": "department", "note": {"a": 1}},
    ],
)  # fmt: skip
def test_what_cannot_be_used_changes_nothing(
    district: District, number: str, given: dict[str, object]
) -> None:
    do(district, number, "file", "centre")
    before = AuditEvent.objects.count()
    answer = send(client_of(district.users["centre"]), number, "dispatch", given)
    assert answer.status_code == 422, answer.content
    assert AuditEvent.objects.count() == before
    assert not Assignment.objects.exists()


def test_a_stranger_finds_no_case(district: District, number: str) -> None:
    client = client_of(district.users["handler"])
    assert client.get(f"/api/v1/incidents/{number}").status_code == 404
    assert send(client, number, "check_in", {}).status_code == 404


def test_a_unit_goes_on_seeing_what_it_had(district: District, sent: str) -> None:
    handler = client_of(district.users["handler"])
    do(district, sent, "return", "centre", note="另派")
    assert tell(handler, sent)["state"] == "filed"
    assert tell(handler, sent)["actions"] == []


def test_an_unknown_action_and_no_key(district: District, number: str) -> None:
    client = client_of(district.users["centre"])
    assert send(client, number, "explode", {}).status_code == 404
    bare = client.post(f"/api/v1/incidents/{number}/actions/file", {}, format="json")
    assert bare.status_code == 400


def test_the_same_key_is_one_deed_and_one_answer(district: District, number: str) -> None:
    client, key = client_of(district.users["centre"]), str(uuid4())
    path = f"/api/v1/incidents/{number}/actions/file"
    answers = [
        client.post(path, {"note": "立案"}, format="json", headers={"idempotency-key": key})
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    other = client.post(path, {"note": "别的"}, format="json", headers={"idempotency-key": key})
    assert other.status_code == 409
    assert AuditEvent.objects.filter(action="incident.filed").count() == 1


def test_every_open_action_can_be_taken_with_its_defaults(district: District, sent: str) -> None:
    """What a button offers works as it is offered; what needs a choice says so."""
    for role in ("centre", "handler"):
        client = client_of(district.users[role])
        for action in tell(client, sent)["actions"]:
            if action["name"] in ("merge",):
                continue
            with_defaults = normal(action)
            required = {need["name"] for need in action["needs"] if need["required"]}
            assert required <= with_defaults.keys() | {"category"}, action["name"]


def test_closed_actions_say_why(district: District, sent: str) -> None:
    told = tell(client_of(district.users["centre"]), sent)
    why = {one["name"]: one["why"] for one in told["closed_actions"]}
    assert "主责单位" in why["check_in"]
    assert {one["name"] for one in told["actions"]}.isdisjoint(why)


def test_what_a_unit_asks_for_another_approves(district: District, sent: str) -> None:
    do(district, sent, "check_in", "handler")
    do(district, sent, "suspend", "handler", reason="funds", note="待经费")
    assert Incident.objects.get(number=sent).state == IncidentState.CHECKED_IN
    asked = tell(client_of(district.users["handler"]), sent)
    assert "suspend" not in {one["name"] for one in asked["actions"]}
    assert [one["action"] for one in asked["requests"]] == ["suspend"]
    do(district, sent, "suspend", "centre", decision="refuse", note="本周可办")
    assert Request.objects.get().outcome == "refused"
    do(district, sent, "suspend", "handler", reason="funds", note="确无经费")
    do(district, sent, "suspend", "centre", decision="approve")
    case = Incident.objects.get(number=sent)
    assert (case.state, case.held_state, case.due_at) == ("suspended", "checked_in", None)
    do(district, sent, "resume", "centre")
    case.refresh_from_db()
    assert (case.state, case.held_state) == ("checked_in", "")
    assert case.due_at is not None


def test_paused_time_does_not_count(district: District) -> None:
    monday = timezone.now().replace(year=2026, month=3, day=2, hour=2, minute=0, second=0)
    number = make_case(district, now=monday).number
    do(district, number, "file", "centre", now=monday)
    do(district, number, "dispatch", "centre", unit="department", now=monday)
    do(district, number, "check_in", "handler", now=monday)
    clock = Clock.objects.get(step="handle")
    due = clock.due_at
    do(district, number, "suspend", "centre", now=monday, reason="season", note="冻土")
    later = monday + timedelta(days=14)
    do(district, number, "resume", "handler", now=later)
    clock.refresh_from_db()
    assert clock.due_at - due == timedelta(days=14)


def test_nobody_inspects_their_own_work(district: District) -> None:
    """A community that handles a case does not inspect it: the worker of its grid does."""
    number = make_case(district).number
    do(district, number, "file", "community")
    do(district, number, "dispatch", "community", unit="office-001001")
    do(district, number, "check_in", "community")
    do(district, number, "handle", "community", note="已修")
    do(district, number, "feed_back", "community", note="已修好")
    answer = send(client_of(district.users["community"]), number, "inspect", {})
    assert answer.status_code == 403
    assert "须由他人" in answer.json()["errors"][0]["message"]
    do(district, number, "inspect", "worker")
    do(district, number, "close", "community")
    assert Incident.objects.get(number=number).state == "closed"


def test_words_are_apart_from_the_chain(district: District, number: str) -> None:
    do(district, number, "verify", "worker", note="住户王小明说台阶松了")
    event = AuditEvent.objects.get(action="incident.verified")
    assert "王小明" not in str(event.data)
    assert len(event.data["note"]) == 64
    assert Note.objects.get().text == "住户王小明说台阶松了"
    told = tell(client_of(district.users["centre"]), number)["events"]
    assert told[-1]["note"] == "住户王小明说台阶松了"


def test_thirty_names_for_the_table() -> None:
    """The names that clients rely on."""
    names = (
        "verify file dispatch check_in handle feed_back inspect close call_back survey return"
        " rework suspend resume extend void escalate deescalate supervise reply reopen merge"
        " unmerge move recategorise self_handle"
    )
    assert sorted(Action.values) == sorted(names.split(" "))


def test_a_post_in_the_establishment_office_rules(district: District) -> None:
    office = Unit.objects.create(
        place=district.place, code="bwb", name="编办", kind=UnitKind.ESTABLISHMENT
    )
    ruler = make_user("ruler", district.place)
    make_post(ruler, Role.HANDLER, unit=office)
    number = make_case(district, kind="enforcement").number
    do(district, number, "file", "centre")
    do(district, number, "dispatch", "centre", unit="bwb")
    client: APIClient = client_of(ruler)
    actions = {one["name"]: one for one in tell(client, number)["actions"]}
    assert actions["dispatch"]["event"] == "ruled"
    assert "handle" not in actions
    answer = send(client, number, "dispatch", {"unit": "department", "limit_days": 4})
    assert answer.status_code == 200, answer.content
    case = Incident.objects.get(number=number)
    assert case.unit == district.units["department"]
    assert Clock.objects.get(step="handle", ended_at=None).amount == 4
