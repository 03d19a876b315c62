"""The daily clearance board: each figure is what its list holds, on the clock of the place."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from incidents.models import Clock, Incident
from tests.factories import District, make_district
from tests.loop import client_of, do, make_case

pytestmark = pytest.mark.django_db
# A Monday, 14:00 at the place; its morning is still Sunday in UTC.
NOON = datetime.fromisoformat("2026-11-16T14:00:00+08:00")


def hours(n: float) -> datetime:
    return NOON + timedelta(hours=n)


def sent(district: District, when: datetime, **more: Any) -> Incident:
    case = make_case(district, now=when, **more)
    for action in ("verify", "file"):
        do(district, case.number, action, "centre", now=when)
    do(district, case.number, "dispatch", "centre", now=when, unit="department", limit_days=1)
    do(district, case.number, "check_in", "handler", now=when)
    return case


def handle(district: District, case: Incident, at: datetime) -> None:
    do(district, case.number, "handle", "handler", now=at, note="已处置")


def board(district: District, role: str = "centre", **asked: Any) -> Any:
    told = client_of(district.users[role]).get(
        "/api/v1/clearance", {"at": hours(3).isoformat(), **asked}
    )
    assert told.status_code == 200, told.content
    return told.json()


def counts(told: Any) -> dict[str, int]:
    return {name: part["count"] for name, part in told["parts"].items() if part["count"]}


def test_what_came_in_is_dispatched_or_waits(district: District) -> None:
    make_case(district, now=hours(-15))  # the evening before
    waits = make_case(district, now=hours(-13.5))  # half an hour past midnight
    sent(district, hours(-4))
    make_case(district, now=hours(4))  # after the moment
    told = board(district)
    assert (told["day"], told["is_over"], told["total"]["came"]) == ("2026-11-16", False, 2)
    assert counts(told["total"]) == {"dispatched": 1, "waiting": 1}
    assert [row["incident"] for row in told["open"]] == [waits.number]
    assert told["open"][0]["holder"]["code"] == "tier:community"
    assert datetime.fromisoformat(told["open"][0]["since"]) == waits.received_at


def test_what_waits_is_late_when_the_day_is_over(district: District) -> None:
    case = make_case(district, now=hours(2.9))
    assert [row["is_late"] for row in board(district)["open"]] == [False]
    late = board(district, day="2026-11-16", at=hours(20).isoformat())
    assert [(row["incident"], row["is_late"]) for row in late["open"]] == [(case.number, True)]
    for action in ("verify", "file"):
        do(district, case.number, action, "centre", now=hours(12))
    do(district, case.number, "dispatch", "centre", now=hours(19), unit="department")
    again = board(district, day="2026-11-16", at=hours(20).isoformat())
    assert again["total"]["parts"] == late["total"]["parts"]
    assert again["open"][0]["holder"]["code"] == "department"
    assert datetime.fromisoformat(again["open"][0]["since"]) == hours(19)
    do(district, case.number, "void", "centre", now=hours(20), note="不成立")
    done = board(district, day="2026-11-16", at=hours(21).isoformat())
    assert [row["holder"] for row in done["open"]] == [None]


def test_what_fell_due_was_answered_or_not(district: District) -> None:
    cases = [sent(district, hours(-72 + n / 10)) for n in range(4)]  # Friday, due on Monday
    handle(district, cases[0], hours(-1))
    handle(district, cases[1], hours(2))
    suspended = sent(district, hours(-72))
    do(district, suspended.number, "suspend", "centre", now=hours(-5), reason="funds", note="待")
    returned = sent(district, hours(-72))
    do(district, returned.number, "return", "centre", now=hours(-5), note="不属")
    told = board(district)
    assert counts(told["total"]) == {"in_time": 1, "late": 1, "overdue": 2}
    assert {row["code"]: row["due"] for row in told["rows"]} == {"department": 4}
    early = board(district, at=hours(-4.5).isoformat())
    assert counts(early["total"]) == {"to_come": 4}
    assert {row["incident"] for row in told["open"]} == {case.number for case in cases[2:]}
    assert told["open"][0]["holder"]["code"] == "department"
    assert told["total"]["is_late"] == 3


def test_what_was_settled_without_a_unit_is_not_owed(district: District) -> None:
    case = make_case(district, now=hours(-4))
    do(district, case.number, "void", "centre", now=hours(-3), note="不成立")
    told = board(district)
    assert counts(told["total"]) == {"settled": 1}
    assert told["open"] == []


def test_every_figure_is_the_length_of_its_list(district: District) -> None:
    for n in range(3):
        sent(district, hours(-4 + n), at=district.centre(3, 0))
        make_case(district, now=hours(-2))
    for n in range(2):
        handle(district, sent(district, hours(-72 + n)), hours(2 * n))
    client = Client()
    client.force_login(district.users["centre"])
    for by in ("unit", "subdistrict"):
        told = board(district, by=by)
        for row in (told["total"], *told["rows"]):
            for part in row["parts"].values():
                page = client.get(part["list"])
                found = re.search(r'id="total">(\d+)<', page.content.decode())
                assert found is not None
                assert int(found[1]) == part["count"], part
        for name in ("came", "due"):
            assert sum(row[name] for row in told["rows"]) == told["total"][name]
        page = client.get("/desk/clearance/", {"at": hours(3).isoformat(), "by": by})
        link = re.search(r'id="came" href="([^"]+)">(\d+)<', page.content.decode())
        assert link is not None
        listed = client.get(link[1].replace("&amp;", "&")).content.decode()
        assert f'id="total">{link[2]}<' in listed


def test_everybody_sees_their_own_ground(district: District) -> None:
    make_case(district, now=hours(-2))
    make_case(district, now=hours(-2), at=district.centre(3, 2))
    assert board(district)["total"]["came"] == 2
    assert board(district, role="community")["total"]["came"] == 1
    assert board(district, role="handler")["total"]["came"] == 0
    other = make_district("370298", west=121.4)
    assert board(other)["total"]["came"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-11-17"}, {"day": "x"}, {"day": "2026-13-01"}, {"day": "0001-01-01"},
        {"by": "person"}, {"at": "soon"}, {"part": "came"}, {"bbox": "1,2,3,4"},
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(district: District, wrong: dict[str, str]) -> None:
    asked = {"at": NOON.isoformat(), **wrong}
    assert client_of(district.users["centre"]).get("/api/v1/clearance", asked).status_code == 400
    client = Client()
    client.force_login(district.users["centre"])
    assert client.get("/desk/clearance/", asked).status_code == 400
    assert client.get("/desk/clearance/cases", {**asked, "part": "x"}).status_code == 400


def test_it_costs_the_same_for_many(district: District, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        sent(district, hours(-3), at=district.centre(n % 4, n % 3))
    assert Clock.objects.exists()
    client = client_of(district.users["centre"])
    with django_assert_max_num_queries(20):
        client.get("/api/v1/clearance", {"at": hours(3).isoformat()})
