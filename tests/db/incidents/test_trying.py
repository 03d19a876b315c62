"""A routing rule is tried on what came in, and switched on only as it was tried."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from psycopg.types.range import DateRange

from gis.ledger.models import AuditEvent
from incidents.models import Category, Rule
from incidents.services.trying import (
    NotTried,
    keep_trial,
    move_rule,
    switch_rule,
    try_rule,
)
from tests.factories import CELL, District, square
from tests.loop import make_case

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")


@pytest.fixture
def noise() -> Category:
    return Category.objects.create(
        code="S0303", name="夜间施工噪声", name_en="Noise at night", kind="enforcement",
        valid=DateRange(date(2020, 1, 1), None),
    )  # fmt: skip


def a_rule(district: District, **more: Any) -> Rule:
    given = {"name": "夜间噪声", "category_codes": ["S0303"], "unit": district.units["001"]}
    made: Rule = Rule.objects.create(place=district.place, **{**given, **more})
    return made


def night(district: District, noise: Category, days: float, **more: Any) -> None:
    at = datetime.combine(NOW.date(), time(23, 30), NOW.tzinfo) - timedelta(days=days)
    make_case(district, kind="enforcement", category=noise, now=at, **more)


def test_it_says_how_many_and_from_whom(district: District, noise: Category) -> None:
    for days in (1, 2, 29, 32):
        night(district, noise, days)
    make_case(district, kind="enforcement", category=noise, now=NOW - timedelta(days=1))
    make_case(district, now=NOW - timedelta(days=1))
    rule = a_rule(district, time_from=time(22), time_until=time(6))
    trial = try_rule(rule, NOW)
    assert (trial.cases, trial.caught, trial.shadowed, trial.is_recent) == (5, 3, 0, True)
    assert [(unit.code if unit else None, n) for unit, n in trial.taken] == [("department", 3)]
    assert len(trial.examples) == 3
    rule.refresh_from_db()
    assert not rule.is_on
    assert rule.tried_at is None


def test_an_earlier_rule_that_is_on_goes_first(district: District, noise: Category) -> None:
    night(district, noise, 1)
    a_rule(district, name="先", order=1, is_on=True, unit=district.units["002"])
    late = try_rule(a_rule(district, order=50), NOW)
    assert (late.caught, late.shadowed) == (0, 1)
    early = try_rule(a_rule(district, order=0), NOW)
    assert [(unit.code if unit else None, n) for unit, n in early.taken] == [("office-002", 1)]


def test_it_asks_where(district: District, noise: Category) -> None:
    night(district, noise, 1)
    night(district, noise, 1, at=district.centre(3, 2))
    west, south, *_rest = district.cell(0, 0).geometry.extent
    rule = a_rule(district, area=square(west, south, CELL, CELL))
    assert try_rule(rule, NOW).caught == 1


def test_without_late_cases_the_last_thirty_days_that_have_some(
    district: District, noise: Category
) -> None:
    for days in (100, 110, 140):
        night(district, noise, days)
    trial = try_rule(a_rule(district), NOW)
    assert (trial.caught, trial.is_recent) == (2, False)
    assert trial.until < NOW - timedelta(days=99)


def test_it_is_switched_on_only_as_it_was_tried(district: District, noise: Category) -> None:
    rule, by = a_rule(district), district.users["centre"]
    with pytest.raises(NotTried, match="先试算"):
        switch_rule(rule=rule, on=True, by=by, now=NOW)
    keep_trial(rule=rule, trial=try_rule(rule, NOW), by=by, now=NOW)
    rule.unit = district.units["002"]
    rule.save()
    with pytest.raises(NotTried, match="已改动"):
        switch_rule(rule=rule, on=True, by=by, now=NOW)
    keep_trial(rule=rule, trial=try_rule(rule, NOW), by=by, now=NOW)
    with pytest.raises(NotTried, match="7 天"):
        switch_rule(rule=rule, on=True, by=by, now=NOW + timedelta(days=7))
    for _ in range(2):
        assert switch_rule(rule=rule, on=True, by=by, now=NOW).is_on
    assert not switch_rule(rule=rule, on=False, by=by, now=NOW).is_on
    chain = f"rules:{district.place.code}"
    events = AuditEvent.objects.filter(chain=chain).order_by("sequence")
    verbs = [event.action for event in events]
    assert verbs == ["rule.tried", "rule.tried", "rule.switched-on", "rule.switched-off"]


def test_its_order_is_part_of_what_was_tried(district: District, noise: Category) -> None:
    rule, by = a_rule(district), district.users["centre"]
    keep_trial(rule=rule, trial=try_rule(rule, NOW), by=by, now=NOW)
    for _ in range(2):
        move_rule(rule=rule, order=7, by=by, now=NOW)
    with pytest.raises(NotTried):
        switch_rule(rule=rule, on=True, by=by, now=NOW)
    event = AuditEvent.objects.get(action="rule.moved")
    assert event.data == {"rule": rule.pk, "order_from": 100, "order": 7}
