"""Coverage of a week and of a shift, beside what PostGIS makes of the same fixes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from grids.models import User
from patrols.choices import Period
from patrols.models import Coverage, Shift
from patrols.selectors import coverage_of
from patrols.services.compacting import compact_due
from patrols.services.coverage import derive, derive_late
from tests.covered import shares_by_postgis
from tests.factories import District, make_user
from tests.kept import drop_fixes, walk_shift

pytestmark = pytest.mark.django_db
For = Callable[[User], APIClient]
MONDAY = date(2026, 9, 28)
BEGAN = datetime(2026, 9, 28, 2, tzinfo=UTC)


@pytest.fixture
def walked(district: District) -> District:
    """Three workers, four days, some of the ground twice; and a day of the week after."""
    people = [district.users[name] for name in ("worker", "grid_head", "community")]
    for number, (user, day) in enumerate(
        [(people[0], 0), (people[0], 2), (people[1], 2), (people[2], 6), (people[1], 7)]
    ):
        # The first two walks are the same: their ground counts once.
        walk_shift(district, user, BEGAN + timedelta(days=day), seed=max(number - 1, 0))
    return district


def test_a_week_is_the_union_of_its_days(walked: District) -> None:
    since = datetime(2026, 9, 27, 16, tzinfo=UTC)
    told = shares_by_postgis(walked.now, since, since + timedelta(days=7))
    found = coverage_of(walked.now, date(2026, 10, 1), period=Period.WEEK)
    assert [row.grid_code for row in found] == list(told)
    for row in found:
        assert row.share == pytest.approx(told[row.grid_code], abs=0.003), row.grid_code
    days = [coverage_of(walked.now, MONDAY + timedelta(days=k)) for k in range(7)]
    for number, row in enumerate(found):
        shares = [day[number].share for day in days]
        assert max(shares) <= row.share <= sum(shares) + 1e-9
        assert row.fixes == sum(day[number].fixes for day in days)
    # Where two days meet it is less than their sum: no average, and nothing twice.
    assert sum(row.share for row in found) < sum(row.share for day in days for row in day)


def test_a_week_is_near_to_that_when_its_fixes_are_gone(walked: District) -> None:
    since = datetime(2026, 9, 27, 16, tzinfo=UTC)
    told = shares_by_postgis(walked.now, since, since + timedelta(days=7))
    compact_due(now=since + timedelta(days=10))
    drop_fixes(*(date(2026, 9, 28) + timedelta(days=k) for k in (0, 2)))
    for row in coverage_of(walked.now, MONDAY, period=Period.WEEK):
        assert row.share == pytest.approx(told[row.grid_code], abs=0.005), row.grid_code


def test_rows_of_a_week_are_made_once_and_again(walked: District) -> None:
    assert derive(walked.now, date(2026, 9, 30), period=Period.WEEK) == 12
    assert derive(walked.now, MONDAY, period=Period.WEEK) == 0
    assert set(Coverage.objects.values_list("period", "day")) == {("week", MONDAY)}
    computed = coverage_of(walked.now, MONDAY, period=Period.WEEK, within_m=31)
    kept = coverage_of(walked.now, MONDAY, period=Period.WEEK)
    assert sum(row.share for row in computed) > sum(row.share for row in kept)
    walk_shift(walked, walked.users["worker"], BEGAN + timedelta(days=3), seed=9)
    assert coverage_of(walked.now, MONDAY, period=Period.WEEK) != kept
    assert derive_late(now=BEGAN + timedelta(days=8)) == 12 * 6, "five days and the week"
    assert derive_late(now=BEGAN + timedelta(days=8)) == 0


def test_a_shift_is_what_its_worker_saw(walked: District, api_for: For) -> None:
    shift = Shift.objects.order_by("started_at").first()
    assert shift
    until = shift.started_at + timedelta(hours=2)
    told = shares_by_postgis(walked.now, shift.started_at, until, worker=shift.worker_id)
    answer = api_for(walked.users["centre"]).get("/api/v1/patrols/coverage", {"shift": shift.pk})
    rows = answer.json()
    assert {row["grid"] for row in rows} == set(told)
    assert max(row["share"] for row in rows) > 0
    for row in rows:
        assert row["share"] == pytest.approx(told[row["grid"]], abs=0.003)
    [look] = AuditEvent.objects.filter(chain=f"track:{shift.worker_id}")
    assert look.data == {"worker": shift.worker_id, "day": "2026-09-28", "shift": shift.pk}


def test_a_shift_is_seen_by_who_may_see_its_track(walked: District, api_for: For) -> None:
    worker = walked.users["worker"]
    shift = Shift.objects.filter(worker=worker).earliest("started_at")
    status = {
        role: api_for(user).get("/api/v1/patrols/coverage", {"shift": shift.pk}).status_code
        for role, user in {**walked.users, "idle": make_user("idle", walked.place)}.items()
        if role in ("centre", "grid_head", "worker", "leader", "planner", "idle")
    }
    assert status == {
        "centre": 200, "grid_head": 200, "worker": 200, "leader": 404, "planner": 404, "idle": 404,
    }  # fmt: skip
    assert AuditEvent.objects.filter(chain=f"track:{worker.pk}").count() == 3


def test_wrong_questions_are_named(walked: District, api_for: For) -> None:
    client = api_for(walked.users["centre"])
    for asked, status, field, code in (
        ({"period": "month"}, 400, "period", "unknown_choice"),
        ({"shift": "x"}, 400, "shift", "not_an_integer"),
        ({"shift": "1", "date": "2026-09-28"}, 400, "date", "one_of"),
        ({"shift": "999999999"}, 404, "shift", "unknown_shift"),
    ):
        answer = client.get("/api/v1/patrols/coverage", asked)
        assert answer.status_code == status
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_the_api_tells_a_week(walked: District, api_for: For) -> None:
    asked = {"period": "week", "date": "2026-10-02"}
    told = api_for(walked.users["centre"]).get("/api/v1/patrols/coverage", asked).json()
    rows = coverage_of(walked.now, MONDAY, period=Period.WEEK)
    assert [(row["grid"], row["share"], row["fixes"]) for row in told] == [
        (row.grid_code, row.share, row.fixes) for row in rows
    ]
