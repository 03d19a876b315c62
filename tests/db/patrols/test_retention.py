"""What is too old goes, the oldest first, and nothing that shall be kept goes with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from rest_framework.test import APIClient

from patrols.choices import Period, TrackStage
from patrols.models import Coverage, DroppedDay, Fix, FixBatch, Retention, Track
from patrols.models.track import LEAST_RAW_DAYS
from patrols.selectors import coverage_of
from patrols.selectors.filtered import filtered_between
from patrols.selectors.periods import Gone
from patrols.selectors.staleness import DAYS
from patrols.selectors.track import track_between
from patrols.services import partitions, retention
from patrols.services.coarsening import coarsen_old, delete_old
from patrols.services.compacting import compact_due
from patrols.services.coverage import derive
from patrols.services.fixes import STALE
from tests.factories import District, make_district, make_user
from tests.kept import walk_shift
from tests.streams import database_url

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 2)  # local; its shift begins at 07:20, before midnight of UTC
BEGAN = datetime(2026, 10, 1, 23, 20, tzinfo=UTC)
SINCE, UNTIL = (datetime(2026, 10, d, 16, tzinfo=UTC) for d in (1, 2))


def after(days: float) -> datetime:
    return datetime(2026, 10, 3, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture
def walked(district: District) -> District:
    walk_shift(district, district.users["worker"], BEGAN)
    walk_shift(district, district.users["grid_head"], BEGAN + timedelta(hours=3), seed=1)
    return district


def seen(district: District, **asked: Any) -> list[tuple[str, float, int]]:
    rows = coverage_of(district.now, DAY, **asked)
    return [(row.grid_code, row.share, row.fixes) for row in rows]


def test_a_day_goes_when_its_time_is_over_and_not_before(walked: District) -> None:
    day, week = seen(walked), seen(walked, period=Period.WEEK)
    assert max(share for _, share, _ in day) > 0.02
    stored = Fix.objects.count()
    retention.apply(now=after(28))
    assert Fix.objects.count() == stored
    assert Track.objects.count() == 2
    done = retention.apply(now=after(30.5))
    assert (done.days, done.fixes, done.blocked) == (2, stored, "")
    assert not Fix.objects.exists()
    assert [one.day for one in DroppedDay.objects.order_by("day")] == [date(2026, 10, 1), DAY]
    assert date(2026, 10, 2) not in partitions.there()
    # What was seen is told as ever, of the day and of its week.
    assert seen(walked) == day
    assert seen(walked, period=Period.WEEK) == week
    # Elsewhere it is computed from the coarse tracks.
    for (code, wide, _), (_, coarse, _) in zip(
        seen(walked, within_m=30), seen(walked, within_m=31), strict=True
    ):
        assert coarse == pytest.approx(wide, abs=0.02), code
    assert retention.apply(now=after(30.5)).days == 0


def test_the_track_is_fine_then_coarse_then_gone(walked: District) -> None:
    worker = walked.users["worker"]
    Retention.objects.create(place=walked.place, raw_days=20, coarse_days=40, track_days=60)
    whole = track_between(worker, SINCE, UNTIL)
    assert (whole.stage, whole.error_m) == (None, 0.0)
    compact_due(now=after(1))
    retention.apply(now=after(21))
    fine = track_between(worker, SINCE, UNTIL)
    assert (fine.stage, fine.fixes, fine.marked) == (TrackStage.FINE, whole.fixes, whole.marked)
    assert 0 < fine.error_m <= 2.02
    assert len(fine.pieces) == len(whole.pieces)
    retention.apply(now=after(41))
    coarse = track_between(worker, SINCE, UNTIL)
    assert (coarse.stage, coarse.fixes, coarse.step_s) == (TrackStage.COARSE, whole.fixes, 60)
    assert 2 < coarse.error_m <= 22.04
    times = [at for piece in coarse.pieces for at in piece.times]
    assert {at.second for at in times} == {0}
    points = [sum(len(piece.points) for piece in one.pieces) for one in (whole, fine, coarse)]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == 3
    done = retention.apply(now=after(61))
    assert done.deleted == 2
    gone = track_between(worker, SINCE, UNTIL)
    assert (gone.stage, gone.pieces, gone.fixes) == (TrackStage.DELETED, [], 0)
    assert seen(walked), "the rows stay"
    with pytest.raises(Gone):
        seen(walked, within_m=50)
    assert track_between(walked.users["community"], SINCE, UNTIL).stage is None


def test_nothing_goes_that_is_in_no_track(walked: District) -> None:
    """Fixes of nobody's shift, put there by hand: the day stays, and it is said why."""
    stranger = make_user("stranger", walked.place)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patrols_fix (worker_id, sequence, at, lon, lat, datum, device)"
            " VALUES (%s, 1, %s, 120.4, 36.06, 1, 'x')",
            [stranger.pk, BEGAN + timedelta(hours=2)],
        )
    stored = Fix.objects.count()
    done = retention.apply(now=after(31))
    assert "未压缩" in done.blocked
    assert done.days == 1
    assert 0 < Fix.objects.count() < stored
    with pytest.raises(CommandError, match="未压缩"):
        call_command("apply_retention")
    Fix.objects.filter(worker=stranger).delete()
    assert retention.apply(now=after(31)).days == 1


def test_a_track_that_does_not_know_all_is_made_again(walked: District) -> None:
    """Fixes that came past the write path (a restore): counted, found missing, and taken in."""
    compact_due(now=after(1))
    worker = walked.users["worker"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patrols_fix (worker_id, sequence, at, lon, lat, datum, device)"
            " VALUES (%s, 1, %s, 120.404, 36.064, 1, 'restored')",
            [worker.pk, BEGAN + timedelta(minutes=45)],
        )
    before = Track.objects.get(worker=worker).fixes
    with pytest.raises(retention.NotCompacted):
        retention.drop(date(2026, 10, 2), now=after(31))
    assert retention.apply(now=after(31)).days == 2
    assert Track.objects.get(worker=worker).fixes == before + 1


def test_coverage_is_made_final_before_a_day_goes(walked: District) -> None:
    compact_due(now=after(1))
    with pytest.raises(retention.NotCompacted):
        retention.drop(date(2026, 10, 1), now=after(31))
    assert date(2026, 10, 1) in partitions.there()
    retention.apply(now=after(31))
    periods = Coverage.objects.values_list("period", "day").distinct()
    monday = date(2026, 9, 28)
    assert set(periods) == {(Period.DAY, DAY), (Period.WEEK, monday)}


def test_what_would_go_is_told_and_stays(walked: District) -> None:
    retention.apply(now=after(1))
    out = StringIO()
    Retention.objects.create(place=walked.place, raw_days=16, coarse_days=16, track_days=16)
    call_command("apply_retention", "--dry-run", stdout=out)
    told = out.getvalue()
    assert "2026-10-01" in told
    assert "(tracks to delete): 2" in told
    assert Fix.objects.exists()
    assert not DroppedDay.objects.exists()
    call_command("apply_retention", stdout=(done := StringIO()))
    assert "2 days of" in done.getvalue()
    assert "2 deleted" in done.getvalue()


def test_what_came_in_is_summed_up_and_still_told(walked: District) -> None:
    centre, worker = walked.users["centre"], walked.users["worker"]
    walk_shift(walked, worker, BEGAN + timedelta(hours=5), seed=2, hours=0.2)
    days = [(SINCE, UNTIL), (UNTIL, UNTIL + timedelta(days=1))]
    before = [filtered_between(one, *day) for one in (centre, worker) for day in days]
    assert FixBatch.objects.count() == 3
    retention.apply(now=after(40))
    assert FixBatch.objects.count() == 3, "they came two days before the oldest fix that is there"
    walk_shift(walked, worker, BEGAN + timedelta(days=5), seed=2, hours=0.2)
    done = retention.apply(now=after(40))
    assert done.batches == 1
    assert [filtered_between(one, *day) for one in (centre, worker) for day in days] == before
    assert FixBatch.objects.filter(is_sum=True).count() == 2


def test_a_day_of_the_api_says_what_is_kept(walked: District, api_for: Any) -> None:
    client: APIClient = api_for(walked.users["centre"])
    asked: dict[str, str] = {"worker": walked.users["worker"].username, "date": DAY.isoformat()}
    told = [client.get("/api/v1/patrols/tracks", asked).json()]
    retention.apply(now=after(31))
    told.append(client.get("/api/v1/patrols/tracks", asked).json())
    delete_old(now=after(400))
    told.append(client.get("/api/v1/patrols/tracks", asked).json())
    assert [one["kept"] for one in told] == ["all", "coarse", "deleted"]
    assert [one["features"] == [] for one in told] == [False, False, True]
    assert told[0]["fixes"] == told[1]["fixes"]
    coverage: dict[str, str] = {"date": DAY.isoformat()}
    assert client.get("/api/v1/patrols/coverage", coverage).status_code == 200
    answer = client.get("/api/v1/patrols/coverage", {**coverage, "within_m": "60"})
    assert answer.status_code == 410
    assert answer.json()["errors"][0]["code"] == "retention_over"


def test_readers_hold_a_day_up_and_nothing_is_lost(transactional_db: None) -> None:
    """Somebody reads the table for long: dropping gives up, and comes again."""
    district = make_district()
    walk_shift(district, district.users["worker"], BEGAN)
    compact_due(now=after(1))
    for edition, local, period in retention._covered(date(2026, 10, 1)):
        derive(edition, local, period=period)
    with psycopg.connect(database_url()) as reader:
        reader.execute("SELECT count(*) FROM patrols_fix")
        with pytest.raises(OperationalError):
            retention.drop(date(2026, 10, 1), now=after(31))
        done = retention.apply(now=after(31))
        assert ("正被读取" in done.blocked, done.days) == (True, 0)
    assert date(2026, 10, 1) in partitions.there()
    assert not DroppedDay.objects.exists()
    assert retention.drop(date(2026, 10, 1), now=after(31)) > 0


def test_the_least_is_long_enough() -> None:
    """A day goes only when nothing can come for its week any more, and staleness has its days."""
    week, since_midnight = timedelta(days=7), timedelta(days=1)
    assert timedelta(days=LEAST_RAW_DAYS) >= week + STALE + since_midnight
    assert LEAST_RAW_DAYS > DAYS + 1


@pytest.mark.parametrize(
    "wrong",
    [{"raw_days": 10}, {"coarse_days": 20}, {"track_days": 25}, {"fine_m": 0.1}, {"coarse_m": 500}],
)
def test_settings_that_make_no_sense_are_refused(district: District, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Retention.objects.create(place=district.place, **wrong)


def test_nothing_is_coarse_while_its_fixes_are_there(walked: District) -> None:
    compact_due(now=after(1))
    assert (coarsen_old(now=after(400)), delete_old(now=after(400))) == (0, 0)
