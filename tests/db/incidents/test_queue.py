"""One question about cases: the queue, the lists and the tiles agree, and no row is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Incident, Supervision
from incidents.queue import MOST_COUNTED
from tests.factories import District
from tests.loop import client_of, do, make_case

pytestmark = pytest.mark.django_db


def ask(district: District, role: str, **query: str) -> dict[str, Any]:
    answer = client_of(district.users[role]).get("/api/v1/queue", query)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def numbers(told: dict[str, Any]) -> list[str]:
    return [row["number"] for row in told["results"]]


def many(district: District, count: int, **more: Any) -> list[Incident]:
    """Cases at the centre's level, due one after another from the past on; the last without."""
    now = timezone.now()
    rows = [
        Incident(
            place=district.place,
            number=f"20260101-{k:06d}",
            kind="livelihood",
            grid=district.cell(k % 4, k % 3),
            received_at=now - timedelta(hours=k),
            occurred_at=now,
            due_at=now + timedelta(hours=k // 2 - 10) if k % 5 else None,
            amber_at=now + timedelta(hours=k // 2 - 12) if k % 5 else None,
            **more,
        )
        for k in range(count)
    ]
    return Incident.objects.bulk_create(rows)


def walked(district: District, role: str, **query: str) -> list[str]:
    told = ask(district, role, **query)
    found = numbers(told)
    while told["next"]:
        told = ask(district, role, cursor=told["next"], **query)
        found += numbers(told)
    return found


@pytest.mark.parametrize("order", ["due", "newest"])
def test_the_pages_hold_every_case_once_and_in_order(district: District, order: str) -> None:
    rows = many(district, 137)
    found = walked(district, "centre", state="open", order=order)
    last = datetime.max.replace(tzinfo=UTC)
    by: dict[str, Any] = {
        "due": lambda row: (row.due_at is None, row.due_at or last, row.pk),
        "newest": lambda row: (-row.received_at.timestamp(), -row.pk),
    }
    assert found == [row.number for row in sorted(rows, key=by[order])]


def test_cases_with_the_same_deadline_are_not_lost_at_the_end_of_a_page(district: District) -> None:
    many(district, 120)
    Incident.objects.update(due_at=timezone.now())
    assert len(set(walked(district, "centre", state="open"))) == 120


def test_a_case_that_comes_meanwhile_moves_no_other(district: District) -> None:
    many(district, 60)
    first = ask(district, "centre", state="open")
    Incident.objects.filter(number="20260101-000059").update(due_at=timezone.now() - timedelta(9))
    rest = ask(district, "centre", state="open", cursor=first["next"])
    assert not set(numbers(first)) & set(numbers(rest))


def test_a_cursor_of_somebody_elses_making_is_refused(district: District) -> None:
    answer = client_of(district.users["centre"]).get("/api/v1/queue", {"cursor": "WyJ4Il0"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_the_count_is_exact_up_to_a_thousand(district: District) -> None:
    many(district, MOST_COUNTED)
    assert ask(district, "centre", state="open")["count"] == {"n": 1000, "is_more": False}
    make_case(district)
    assert ask(district, "centre", state="open")["count"] == {"n": 1000, "is_more": True}


def test_a_page_asks_a_constant_number_of_questions(district: District) -> None:
    def asked(role: str, **query: str) -> int:
        client = client_of(district.users[role])
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/api/v1/queue", query).status_code == 200
        return len(seen)

    query = {"state": "open", "mine": "yes"}
    few = {role: asked(role, **query) for role in ("centre", "subdistrict", "handler")}
    many(district, 200)
    for case in Incident.objects.all()[:20]:
        Supervision.objects.create(
            incident=case, ordered_at=timezone.now(), due_at=timezone.now(), ordered_by=None
        )
    full = {role: asked(role, **query) for role in few}
    assert all(full[role] <= few[role] + 1 for role in few), (few, full)  # and the rows' details
    assert max(full.values()) <= 12


@pytest.mark.parametrize(
    ("due", "hours"), [("overdue", [-30]), ("amber", [1]), ("today", []), ("none", [None])]
)
def test_deadlines_are_asked_of_open_cases(district: District, due: str, hours: list[Any]) -> None:
    now = timezone.now()
    for k, of in enumerate([-30, 1, 100, None]):
        case = make_case(district)
        Incident.objects.filter(pk=case.pk).update(
            due_at=now + timedelta(hours=of) if of is not None else None,
            amber_at=now + timedelta(hours=of - 2) if of is not None else None,
            received_at=now - timedelta(minutes=k),
        )
    void = make_case(district)
    Incident.objects.filter(pk=void.pk).update(state="void", due_at=None)
    told = ask(district, "centre", due=due)
    left = [
        None
        if row["deadline"] is None
        else round((datetime.fromisoformat(row["deadline"]) - now).total_seconds() / 3600)
        for row in told["results"]
    ]
    if due == "today":
        assert set(left) <= {1}
    else:
        assert left == hours


def test_several_states_and_all_open_ones(district: District) -> None:
    first, second = make_case(district), make_case(district)
    do(district, first.number, "file", "centre")
    do(district, second.number, "void", "centre", note="不成立")
    assert numbers(ask(district, "centre", state="filed,void")) == [first.number, second.number]
    assert numbers(ask(district, "centre", state="open")) == [first.number]
    answer = client_of(district.users["centre"]).get("/api/v1/queue", {"state": "open,nothing"})
    assert answer.status_code == 400


def test_what_waits_for_whom_goes_with_the_case(district: District) -> None:
    number = make_case(district).number
    Incident.objects.update(tier="centre")
    waits = {"centre": True, "handler": False}

    def seen() -> dict[str, bool]:
        return {role: bool(numbers(ask(district, role, mine="yes"))) for role in waits}

    assert seen() == waits
    do(district, number, "file", "centre")
    do(district, number, "dispatch", "centre", unit="department")
    assert seen() == {"centre": False, "handler": True}
    do(district, number, "check_in", "handler")
    do(district, number, "handle", "handler", note="好了")
    do(district, number, "feed_back", "handler", note="好了")
    assert seen() == {"centre": True, "handler": False}
    assert numbers(ask(district, "centre", unit="department", tier="centre")) == [number]
    assert numbers(ask(district, "centre", unit="centre")) == []


def test_levels_wait_for_their_own(district: District) -> None:
    case = make_case(district)
    for tier, role in (("community", "community"), ("subdistrict", "subdistrict")):
        Incident.objects.filter(pk=case.pk).update(tier=tier)
        for asked in ("community", "subdistrict", "centre"):
            found = numbers(ask(district, asked, mine="yes", state="received"))
            assert found == ([case.number] if asked == role else []), (tier, asked)


@pytest.mark.parametrize("text", ["9 号楼", "9 号楼台阶", "100%", "number", "report"])
def test_words_and_numbers_are_found(district: District, text: str) -> None:
    case = make_case(district, description="海尔路 9 号楼台阶破损，100% 要修")
    make_case(district, description="另一件，1000 元")
    asked = {"number": case.number[:12], "report": case.reports.get().number.lower()}
    found = numbers(ask(district, "centre", text=asked.get(text, text)))
    assert case.number in found
    assert len(found) == (2 if text == "number" else 1)


def test_of_some_numbers_only_those_that_still_belong(district: District) -> None:
    first, second = make_case(district), make_case(district)
    do(district, second.number, "void", "centre", note="不成立")
    told = ask(district, "centre", state="open", numbers=f"{first.number},{second.number},x")
    assert numbers(told) == [first.number]


def test_a_row_tells_what_a_line_needs(district: District) -> None:
    case = make_case(district, description="第一行\n第二行")
    other = make_case(district)
    do(district, other.number, "merge", "centre", into=case.number)
    row = ask(district, "centre", state="open")["results"][0]
    assert row["number"] == case.number
    assert row["description"] == "第一行"
    assert row["reports"] + row["flags"]["merged"] == 2
    assert row["community"]["name"] in row["grid"]["name"] + row["community"]["name"]
    assert row["position"]["lon"] == pytest.approx(district.centre(0, 0)[0])


def test_rows_list_and_tiles_agree(district: District) -> None:
    for k in range(9):
        number = make_case(district, at=district.centre(k % 4, k % 3)).number
        if k % 3 == 0:
            do(district, number, "file", "centre")
    client = client_of(district.users["centre"])
    client.force_login(district.users["centre"])
    for query in ({"state": "filed"}, {"state": "open", "mine": "yes"}, {"due": "today"}):
        rows = numbers(ask(district, "centre", **query))
        listed = client.get("/api/v1/incidents", query).json()
        assert sorted(rows) == sorted(one["id"] for one in listed["features"])
        shown = client.get("/cases/", query)
        assert f'<b id="total">{len(rows)}</b>' in shown.content.decode()


def test_a_foreign_ground_is_not_in_the_queue(district: District) -> None:
    make_case(district, at=district.centre(3, 2))
    assert ask(district, "community", state="open")["results"] == []
    assert len(ask(district, "centre", state="open")["results"]) == 1
