"""Appeals and notices: who may, in which order, and both figures stay."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from gis.api.cells import plain
from gis.kernel.errors import InvalidInput
from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from grids.models import User
from incidents.assessment import appeals, notices
from incidents.models import CaseScore, Incident, Notice
from incidents.models.assessment import NoticeState
from incidents.workflow.errors import NotAllowed, StateMoved
from tests.db.incidents.assessment.test_scores import closed_case
from tests.factories import District
from tests.lived import set_up_scheme
from tests.loop import do

pytestmark = pytest.mark.django_db
SPAN = {"from": "2026-03-01", "to": "2026-04-01"}


@pytest.fixture
def late(district: District) -> Incident:
    """A closed case with no points for its check-in."""
    set_up_scheme(district.place)
    return closed_case(district, step_h=24)[0]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_appeal_corrects_and_keeps_both(district: District, late: Incident) -> None:
    now = timezone.now()
    before = CaseScore.objects.get()
    asked = appeals.ask(score=before.pk, reason="系统故障", by=district.users["handler"], now=now)
    assert asked == appeals.ask(score=before.pk, reason="又", by=district.users["handler"], now=now)
    with pytest.raises(NotAllowed):
        appeals.decide(
            appeal=asked.pk, points=None, words="x", by=district.users["handler"], now=now
        )
    with pytest.raises(InvalidInput):
        appeals.decide(
            appeal=asked.pk,
            points={"check_in": 21},
            words="x",
            by=district.users["centre"],
            now=now,
        )
    appeals.decide(
        appeal=asked.pk,
        points={"check_in": 20.0},
        words="属实",
        by=district.users["centre"],
        now=now,
    )
    before.refresh_from_db()
    after = CaseScore.objects.get(counts=True)
    assert before.superseded_by == after
    assert after.score == before.score + 20
    with pytest.raises(StateMoved):
        appeals.decide(
            appeal=asked.pk, points=None, words="x", by=district.users["centre"], now=now
        )
    # What is heard later keeps the correction.
    do(district, late.number, "call_back", "centre", now=now, result="satisfied")
    last = CaseScore.objects.get(counts=True)
    assert last.score == after.score + 6
    page = signed_in(district.users["handler"]).get(f"/assessment/cases/{late.number}")
    assert page.status_code == 200
    assert str(before.score).rstrip("0").rstrip(".") in page.content.decode()
    chain = AuditEvent.objects.filter(chain=f"appeal:{asked.pk}").order_by("sequence")
    assert [one.action for one in chain] == ["appeal.asked", "appeal.decided"]
    assert "系统故障" not in str([one.data for one in chain])
    assert not list(broken_links())


def test_only_the_unit_that_was_scored_appeals(district: District, late: Incident) -> None:
    row = CaseScore.objects.get()
    for role in set(district.users) - {"handler"}:
        with pytest.raises(NotAllowed):
            appeals.ask(score=row.pk, reason="x", by=district.users[role], now=timezone.now())


def test_exports_show_both_figures_and_no_formula(district: District, late: Incident) -> None:
    now, row = timezone.now(), CaseScore.objects.get()
    unit = district.units["department"]
    unit.name = '=HYPERLINK("x")'
    unit.save()
    asked = appeals.ask(score=row.pk, reason="+1", by=district.users["handler"], now=now)
    appeals.decide(
        appeal=asked.pk, points={"check_in": 20.0}, words="@x", by=district.users["centre"], now=now
    )
    client = signed_in(district.users["centre"])
    told = client.get("/api/v1/assessment.csv", SPAN).content
    assert told.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in told.decode("utf-8-sig")
    assert ",=" not in told.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(client.get("/api/v1/assessment.xlsx", SPAN).content))
    first, second = book.worksheets
    assert first["B2"].value == '\'=HYPERLINK("x")'
    assert first["B2"].data_type == "s"
    assert [cell.value for cell in second[2]][2:4] == [float(row.score), float(row.score) + 20]
    assert plain("-1") == "'-1"
    assert plain(-1) == -1


def test_a_notice_goes_its_way(district: District, late: Incident) -> None:
    now, key, unit = timezone.now(), uuid4(), district.units["department"]
    users = district.users

    def issue(role: str) -> Notice:
        return notices.issue(
            place=district.place, unit=unit, reason="多件超期", figure={"rule": "lower"}, days=3,
            key=key, by=users[role], now=now,
        )  # fmt: skip

    for role in set(users) - {"centre", "leader"}:
        with pytest.raises(NotAllowed):
            issue(role)
    row = issue("leader")
    assert issue("leader") == row
    assert row.reply_due_at > now
    with pytest.raises(NotAllowed):
        notices.answer(number=row.pk, step="reply", words="x", by=users["centre"], now=now)
    with pytest.raises(StateMoved):
        notices.answer(number=row.pk, step="correct", words="x", by=users["handler"], now=now)
    with pytest.raises(InvalidInput):
        notices.answer(number=row.pk, step="reply", words=" ", by=users["handler"], now=now)
    late_at = row.reply_due_at + timedelta(hours=1)
    notices.answer(number=row.pk, step="reply", words="已查", by=users["handler"], now=late_at)
    notices.answer(number=row.pk, step="correct", words="已改", by=users["handler"], now=late_at)
    with pytest.raises(NotAllowed):
        notices.answer(number=row.pk, step="close", words="", by=users["handler"], now=late_at)
    done = notices.answer(number=row.pk, step="close", words="", by=users["centre"], now=late_at)
    assert done.state == NoticeState.CLOSED
    chain = AuditEvent.objects.filter(chain=f"notice:{row.pk}").order_by("sequence")
    told = [(one.action, one.data.get("late")) for one in chain]
    assert told == [
        ("notice.issued", None), ("notice.replied", True), ("notice.corrected", False),
        ("notice.closed", False),
    ]  # fmt: skip
    assert "已查" not in str([one.data for one in chain])
    assert not list(broken_links())


def test_the_pages_take_forms_of_those_who_may(district: District, late: Incident) -> None:
    sent = {
        "do": "issue", "unit": "department", "reason": "超期", "days": "3", "key": str(uuid4()),
    }  # fmt: skip
    assert signed_in(district.users["worker"]).post("/assessment/notices/", sent).status_code == 422
    assert not Notice.objects.exists()
    centre = signed_in(district.users["centre"])
    assert centre.post("/assessment/notices/", sent).status_code == 302
    assert centre.post("/assessment/notices/", sent).status_code == 302
    row = Notice.objects.get()
    assert centre.post("/assessment/notices/", {**sent, "key": "x"}).status_code == 422
    handler = signed_in(district.users["handler"])
    answered = {"do": "reply", "notice": row.pk, "words": "已核查"}
    assert handler.post("/assessment/notices/", answered).status_code == 302
    assert "已核查" in handler.get("/assessment/notices/").content.decode()
    assert "已核查" not in signed_in(district.users["worker"]).get(
        "/assessment/notices/"
    ).content.decode()  # fmt: skip


def test_each_sees_their_own_ground_and_no_table_of_persons(
    district: District, late: Incident
) -> None:
    def rows(role: str, by: str) -> list[dict[str, object]]:
        told = signed_in(district.users[role]).get("/api/v1/assessment", {**SPAN, "by": by})
        assert told.status_code == 200, told.content
        return list(told.json()["rows"])

    assert [one["closed"] for one in rows("centre", "unit")] == [1]
    assert [one["key"] for one in rows("centre", "person")] == [str(district.users["handler"].pk)]
    assert [one["key"] for one in rows("handler", "person")] == [str(district.users["handler"].pk)]
    assert rows("handler", "person")[0]["rank"] is None
    for role in ("worker", "grid_head", "planner", "community"):
        assert rows(role, "person") == [], role
    assert Client().get("/api/v1/assessment", {"by": "person"}).status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "appeal", "score": "9" * 40, "reason": "x"},
        {"do": "appeal", "score": "-1", "reason": "x"},
        {"do": "decide", "appeal": "²", "outcome": "upheld", "words": "x"},
        {
            "do": "decide",
            "appeal": "1",
            "outcome": "upheld",
            "points.check_in": "nan",
            "words": "x",
        },
        {"do": "appeal", "score": "{score}", "reason": "a\x00b"},
        {"do": "appeal", "score": "{score}", "reason": "x" * 1001},
    ],
)
def test_hostile_forms_are_refused_in_words(
    district: District, late: Incident, sent: dict[str, str]
) -> None:
    filled = {**sent, "score": sent.get("score", "").replace("{score}", str(first_key()))}
    answer = signed_in(district.users["handler"]).post(f"/assessment/cases/{late.number}", filled)
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(chain__startswith="appeal:").exists()


def first_key() -> int:
    return CaseScore.objects.get().pk


@pytest.mark.parametrize(
    "query",
    [
        {"by": "planet"}, {"from": "x"}, {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "1990-01-01", "to": "2026-01-01"}, {"kind": "x"}, {"who": "me"},
        {"format": "csv"},
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_at_its_field(district: District, query: dict[str, str]) -> None:
    answer = signed_in(district.users["centre"]).get("/api/v1/assessment", query)
    assert answer.status_code in (400, 404)
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "query", [{"indicator": "x"}, {"unit": "x" * 33}, {"handled_by": "²"}, {"closed_from": "x"}]
)
def test_a_wrong_condition_is_refused(district: District, query: dict[str, str]) -> None:
    answer = signed_in(district.users["centre"]).get("/api/v1/incidents", query)
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} == set(query)


def test_a_condition_with_a_null_byte_is_no_error_of_ours(district: District) -> None:
    answer = signed_in(district.users["centre"]).get("/api/v1/incidents?unit=a%00b")
    assert answer.status_code < 500
