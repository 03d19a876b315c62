"""Scores: exact to the cent, the same one by one and in bulk, by the version of their day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gis.kernel.errors import InvalidInput
from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from incidents.assessment.scheme import add_version, scheme_on
from incidents.assessment.scores import score_many, score_place
from incidents.assessment.weights import read_weights
from incidents.models import CaseScore, Incident, Scheme
from incidents.services.acting_many import give_ground
from tests.factories import District
from tests.lived import set_up_scheme
from tests.loop import NORMAL_PATH, do, make_case

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, 09:00 at Laoshan
GIVEN: dict[str, dict[str, Any]] = {
    "dispatch": {"unit": "department"}, "handle": {"note": "已办"}, "feed_back": {"note": "已办"},
}  # fmt: skip


def walk(
    district: District, number: str, at: datetime, *, path: Any = NORMAL_PATH, step_h: float = 0.3
) -> datetime:
    for action, role in path:
        at += timedelta(hours=step_h)
        do(district, number, action, role, now=at, **GIVEN.get(action, {}))
    return at


def closed_case(district: District, *, step_h: float = 0.3) -> tuple[Incident, datetime]:
    case = make_case(district, now=START)
    return case, walk(district, case.number, START, step_h=step_h)


def told(case: Incident) -> list[tuple[Any, ...]]:
    rows = CaseScore.objects.filter(incident=case).order_by("closing", "sequence", "scored_at")
    return [
        (
            row.closing, row.sequence, row.scheme_id, row.unit_id, row.grid_id, row.community,
            row.subdistrict, row.person_id, row.kind, row.closed_at, row.responsiveness,
            row.closure, row.satisfaction, row.score, row.lines, row.scored_at, row.counts,
            row.superseded_by.sequence if row.superseded_by else None,
        )
        for row in rows
    ]  # fmt: skip


def test_a_case_is_scored_when_it_is_closed_and_when_it_is_answered(district: District) -> None:
    set_up_scheme(district.place)
    case, at = closed_case(district)
    first = CaseScore.objects.get()
    assert first.score == 94
    assert first.counts
    assert first.person == district.users["handler"]
    assert first.unit == district.units["department"]
    assert {one["why"] for one in first.lines if one["part"] == "satisfaction"} == {"not_asked"}
    do(
        district,
        case.number,
        "call_back",
        "centre",
        now=at + timedelta(hours=1),
        result="satisfied",
    )
    first.refresh_from_db()
    second = CaseScore.objects.get(counts=True)
    assert first.superseded_by == second
    assert second.score == 100
    assert Decimal(str(sum(one["points"] for one in second.lines))) == second.score


def test_lateness_rework_and_reopening_cost_points_and_earlier_scores_stay(
    district: District,
) -> None:
    set_up_scheme(district.place)
    case, at = closed_case(district, step_h=24)
    first = CaseScore.objects.get()
    lines = {one["what"]: one["points"] for one in first.lines}
    assert lines["dispatch"] == lines["check_in"] == 0
    do(
        district, case.number, "call_back", "centre", now=at + timedelta(hours=1),
        result="dissatisfied",
    )  # fmt: skip
    assert not CaseScore.objects.filter(counts=True).exists()
    assert CaseScore.objects.filter(closing=1).count() == 2
    assert CaseScore.objects.get(closing=1, superseded_by=None).satisfaction == 0
    walk(district, case.number, at + timedelta(hours=1), path=NORMAL_PATH[2:])
    last = CaseScore.objects.get(counts=True)
    assert last.closing == 2
    assert {one["what"]: one["points"] for one in last.lines}["reopened"] == 3
    assert last.satisfaction == 24


def test_one_by_one_and_in_bulk_give_the_same_rows(district: District) -> None:
    set_up_scheme(district.place)
    cases = []
    for number in range(6):
        case, at = closed_case(district, step_h=0.2 + number)
        cases.append(case)
        if number % 2:
            later = at + timedelta(hours=2)
            do(district, case.number, "survey", "centre", now=later, score=str(number))
        if number % 3 == 0:
            do(district, case.number, "reopen", "centre", now=at + timedelta(hours=3), note="又坏")
            if number:
                walk(district, case.number, at + timedelta(hours=4), path=NORMAL_PATH[2:])
    one_by_one = [told(case) for case in cases]
    assert sum(map(len, one_by_one)) >= 10
    CaseScore.objects.all().delete()
    rows = list(Incident.objects.order_by("pk"))
    give_ground(rows)
    assert score_many(rows, district.place) == sum(map(len, one_by_one))
    assert [told(case) for case in cases] == one_by_one
    assert score_place(district.place) == 0


def test_a_new_version_counts_for_later_cases_only(district: District) -> None:
    set_up_scheme(district.place)
    case, _at = closed_case(district)
    before = told(case)
    old = Scheme.objects.get()
    weights = {**old.weights, "responsiveness": {"dispatch": 0, "check_in": 30}}
    today = timezone.localdate()
    new = add_version(
        place=district.place, name="第二版", first_day=today, weights=weights,
        thresholds=old.thresholds, minimum=20, by=district.users["centre"], now=timezone.now(),
    )  # fmt: skip
    assert told(case) == before
    score_place(district.place)
    assert told(case) == before
    assert scheme_on(district.place, today) == new
    assert scheme_on(district.place, today - timedelta(days=1)) == old
    later = make_case(district)
    now = timezone.now()
    for step, (action, role) in enumerate(NORMAL_PATH):
        at = now + timedelta(seconds=step)
        do(district, later.number, action, role, now=at, **GIVEN.get(action, {}))
    assert CaseScore.objects.get(incident=later).scheme == new
    assert AuditEvent.objects.filter(chain=f"scheme:{district.place.code}").count() == 2
    assert not list(broken_links())


def test_versions_do_not_reach_back_and_do_not_overlap(district: District) -> None:
    set_up_scheme(district.place)
    old = Scheme.objects.get()

    def add(day: date, **more: Any) -> None:
        given: dict[str, Any] = {"weights": old.weights, "thresholds": old.thresholds, **more}
        add_version(
            place=district.place, name="x", first_day=day, minimum=10,
            by=district.users["centre"], now=timezone.now(), **given,
        )  # fmt: skip

    with pytest.raises(InvalidInput):
        add(date(2024, 1, 1))
    with pytest.raises(InvalidInput):
        add(timezone.localdate(), weights={**old.weights, "closure": {}})
    assert Scheme.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.create(
            place=district.place, name="x", valid=old.valid, weights={}, thresholds={}
        )


@pytest.mark.parametrize("wrong", [True, "8", -1, 101, 8.001, None])
def test_weights_are_points_that_add_up(district: District, wrong: object) -> None:
    set_up_scheme(district.place)
    weights = Scheme.objects.get().weights
    weights["satisfaction"]["answers"] = wrong
    with pytest.raises(InvalidInput):
        read_weights(weights)
