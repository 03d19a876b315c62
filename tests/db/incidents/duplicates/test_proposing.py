"""Which cases are proposed as the same matter, why, and what a person says of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone, translation
from psycopg.types.range import DateRange
from pytest_django import DjangoAssertNumQueries

from gis.ledger.models import AuditEvent
from incidents.duplicates import spots
from incidents.duplicates.explaining import lines_of
from incidents.duplicates.proposing import propose
from incidents.models import Category, DefaultSpot, DuplicateRule, Incident, NotDuplicate
from tests.factories import District, make_district
from tests.loop import client_of, make_case, send

pytestmark = pytest.mark.django_db
NORTH_M = 1 / 110_963.0
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
WORDS = "楼下台阶断了一块，老人容易绊倒"


@pytest.fixture
def steps() -> Category:
    return Category.objects.create(
        code="B0202", name="台阶破损", name_en="Step broken", kind="livelihood",
        valid=DateRange(date(2020, 1, 1), None),
    )  # fmt: skip


def a_case(
    district: District, category: Category | None, metres: float = 0, days: float = 0,
    words: str = WORDS, **more: Any,
) -> Incident:  # fmt: skip
    lon, lat = district.centre(0, 0)
    return make_case(
        district, at=(lon, lat + metres * NORTH_M), category=category,
        now=NOW - timedelta(days=days), description=words, **more,
    )  # fmt: skip


def found(case: Incident, **more: Any) -> list[tuple[str, float | None]]:
    told = propose(case, among=Incident.objects.all(), **more)
    return [(one.case.number, None if one.metres is None else round(one.metres)) for one in told]


def test_the_nearest_soonest_likest_is_first(district: District, steps: Category) -> None:
    case = a_case(district, steps)
    same = a_case(district, steps, metres=6, days=1, words=WORDS + "。")
    near = a_case(district, steps, metres=40, days=5, words="台阶坏了")
    a_case(district, steps, metres=53, days=1)
    a_case(district, steps, metres=6, days=31)
    assert found(case) == [(same.number, 6), (near.number, 40)]


def test_after_it_was_closed_it_is_proposed_for_a_week(district: District, steps: Category) -> None:
    case = a_case(district, steps)
    others = [a_case(district, steps, metres=3, days=days) for days in (6, 8)]
    Incident.objects.filter(pk__in=[one.pk for one in others]).update(state="closed", closed_at=NOW)
    assert found(case) == [(others[0].number, 3)]


def test_another_class_needs_words_and_another_kind_is_none(
    district: District, steps: Category
) -> None:
    case = a_case(district, steps)
    alike = a_case(district, None, metres=2)
    a_case(district, None, metres=2, words="垃圾没人收")
    a_case(district, None, metres=2, kind="enforcement")
    told = propose(case, among=Incident.objects.all())
    assert [one.case.number for one in told] == [alike.number]
    assert not told[0].is_same_class


def test_a_category_has_its_own_limits(district: District, steps: Category) -> None:
    case = a_case(district, steps)
    a_case(district, steps, metres=30, days=1)
    rule = DuplicateRule.objects.create(place=district.place, category_code="B0202", distance_m=25)
    assert found(case) == []
    rule.distance_m, rule.least_text = 35, 0.99
    rule.save()
    assert len(found(case)) == 1
    assert found(a_case(district, steps, words="别的事情完全不同")) == []


def test_at_a_default_spot_words_must_carry_it(
    district: District, steps: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spots, "LEAST_CASES", 5)
    case = a_case(district, steps)
    for number in range(5):
        a_case(district, steps, words=f"第{number}栋的电梯停了")
    alike = a_case(district, steps, metres=900, words=WORDS + "！")
    assert len(found(case)) == 5
    assert spots.refresh_default_spots(district.place) == 1
    assert DefaultSpot.objects.get().cases == 6
    told = propose(case, among=Incident.objects.all())
    assert [one.case.number for one in told] == [alike.number]
    with translation.override("zh-hans"):
        assert lines_of(told[0])[0] == "位置是默认坐标或缺失，距离不作依据：看类别和文字"
    assert spots.refresh_default_spots(district.place) == 1


def test_near_a_default_spot_its_cases_do_not_count_as_near(
    district: District, steps: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spots, "LEAST_CASES", 5)
    for number in range(5):
        a_case(district, steps, words=f"第{number}栋的电梯停了")
    case = a_case(district, steps, metres=10)
    assert len(found(case)) == 5
    spots.refresh_default_spots(district.place)
    assert found(case) == []


def test_it_is_said_why(district: District, steps: Category) -> None:
    case = a_case(district, steps)
    a_case(district, steps, metres=11, days=1)
    told = propose(case, among=Incident.objects.all())[0]
    with translation.override("en"):
        assert lines_of(told)[:3] == [
            "11.0 m apart (limit 50 m)",
            "24.0 hours apart (open case: limit 30.0 days)",
            "words are 100 % alike",
        ]


def test_the_interface_tells_dispatchers(
    district: District, steps: Category, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = a_case(district, steps)
    for number in range(14):
        a_case(district, steps, metres=number)
    path = f"/api/v1/incidents/{case.number}/duplicates"
    with django_assert_max_num_queries(18):
        told = client_of(district.users["centre"]).get(path)
    assert told.status_code == 200
    assert len(told.json()) == 10
    assert told.json()[0]["distance_m"] < 1
    assert len(told.json()[0]["why"]) == 4
    assert client_of(district.users["worker"]).get(path).status_code == 403
    assert client_of(district.users["community"]).get(path).status_code == 200
    other = make_district("370298", west=121.4)
    assert client_of(other.users["centre"]).get(path).status_code == 404


def test_not_the_same_is_said_once(district: District, steps: Category) -> None:
    case, other = a_case(district, steps), a_case(district, steps, metres=3)
    client = client_of(district.users["centre"])
    path = f"/api/v1/incidents/{case.number}/not-duplicates"
    for _ in range(2):
        assert client.post(path, {"other": other.number}, format="json").status_code == 200
    row = NotDuplicate.objects.get()
    assert (row.one_id, row.other_id) == (case.pk, other.pk)
    assert found(case) == found(other) == []
    event = AuditEvent.objects.get(action="duplicates.refused")
    assert event.data == {"one": case.number, "other": other.number}
    wrongs: list[Any] = [
        {},
        {"other": 5},
        {"other": case.number},
        {"other": other.number, "x": 1},
        [],
    ]
    for wrong in wrongs:
        assert client.post(path, wrong, format="json").status_code == 400, wrong
    assert client.post(path, {"other": "none"}, format="json").status_code == 404


def test_what_is_merged_or_void_is_not_proposed(district: District, steps: Category) -> None:
    old, case = a_case(district, steps, days=1), a_case(district, steps)
    client = client_of(district.users["centre"])
    assert send(client, case.number, "merge", {"into": old.number}).status_code == 200
    third = a_case(district, steps, metres=1)
    assert found(third) == [(old.number, 1)]


def test_a_place_is_asked_for_its_own(district: District, steps: Category) -> None:
    case = a_case(district, steps)
    other = make_district("370298", west=121.4)
    Incident.objects.create(
        place=other.place, number="X1", kind="livelihood", category=steps,
        position=Point(*district.centre(0, 0), srid=4326), received_at=NOW, occurred_at=NOW,
    )  # fmt: skip
    assert found(case) == []
    assert timezone.is_aware(case.received_at)
