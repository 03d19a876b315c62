"""Fixes are stored once, refused by name, marked by name; the database holds the rest."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction

from gis.kernel.datum import from_wgs84
from gis.kernel.tracks import Flag
from grids.models import User
from patrols.choices import DatumCode
from patrols.models import Coverage, Fix, FixBatch, Shift, SimulatedDay
from patrols.services import partitions
from patrols.services.fixes import write_fixes
from tests.factories import District
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=3)
HERE = (120.405, 36.065)


@pytest.fixture
def worker(district: District) -> User:
    user = district.users["worker"]
    make_shift(user, district.place, BEGAN)
    return user


def steps(count: int) -> list[tuple[float, float]]:
    return [(HERE[0] + 1e-4 * k, HERE[1]) for k in range(count)]


def flags() -> list[int]:
    return list(Fix.objects.order_by("at", "sequence").values_list("flags", flat=True))


def test_a_fix_is_kept_as_it_came(worker: User) -> None:
    lon, lat = from_wgs84(*HERE, "gcj02")
    sent = columns(
        worker, NOW, [(lon, lat)], datum=np.array([DatumCode.GCJ02], np.int16),
        speed_mps=np.array([1.25]), heading_deg=np.array([90.0]),
    )  # fmt: skip
    assert write_fixes(sent, now=NOW).stored == 1
    kept = Fix.objects.get()
    assert (kept.worker_id, kept.device, kept.sequence, kept.at) == (worker.pk, "phone", 0, NOW)
    assert (kept.lon, kept.lat) == pytest.approx(HERE, abs=1e-9)
    assert (kept.datum, kept.accuracy_m, kept.speed_mps) == (DatumCode.GCJ02, 6.0, 1.25)
    assert (kept.heading_deg, kept.battery, kept.flags) == (90.0, 80.0, 0)


def test_what_was_not_told_is_null(worker: User) -> None:
    nothing = np.array([np.nan])
    write_fixes(columns(worker, NOW, [HERE], accuracy_m=nothing, battery=nothing), now=NOW)
    kept = Fix.objects.get()
    assert (kept.accuracy_m, kept.battery, kept.speed_mps) == (None, None, None)


def test_a_replay_is_a_duplicate_whatever_its_time(worker: User) -> None:
    sent = columns(worker, NOW - timedelta(hours=1), steps(20))
    assert write_fixes(sent, now=NOW).stored == 20
    again = write_fixes(sent, now=NOW)
    assert (again.stored, again.duplicates) == (0, 20)
    moved = columns(worker, NOW - timedelta(minutes=30), steps(25))
    told = write_fixes(moved, now=NOW)
    assert (told.stored, told.duplicates) == (5, 20)
    assert Fix.objects.count() == 25
    assert Fix.objects.values_list("sequence").distinct().count() == 25


def test_a_key_twice_in_one_batch_is_once(worker: User) -> None:
    sent = columns(worker, NOW - timedelta(minutes=5), steps(6), sequence=np.arange(6) // 2)
    told = write_fixes(sent, now=NOW)
    assert (told.stored, told.duplicates) == (3, 3)


@pytest.mark.parametrize(
    ("at", "changed", "reason"),
    [
        (NOW + timedelta(minutes=10), {}, "in_the_future"),
        (NOW - timedelta(days=8), {}, "stale"),
        (BEGAN - timedelta(seconds=1), {}, "shift_unknown"),
        (NOW, {"lon": np.array([np.nan])}, "invalid"),
        (NOW, {"lat": np.array([91.0])}, "invalid"),
        (NOW, {"sequence": np.array([-1])}, "invalid"),
    ],
)
def test_what_is_no_fix_is_refused_by_name(
    worker: User, district: District, at: datetime, changed: dict[str, Any], reason: str
) -> None:
    make_shift(worker, district.place, NOW - timedelta(days=9), NOW - timedelta(days=7))
    told = write_fixes(columns(worker, at, [HERE], **changed), now=NOW)
    assert (told.stored, told.refused.tolist()) == (0, [reason])
    assert not Fix.objects.exists()
    assert FixBatch.objects.get().refused == {reason: 1}


def test_nobody_is_tracked_off_duty(worker: User, district: District) -> None:
    Shift.objects.update(ended_at=NOW - timedelta(hours=1), end_received_at=NOW)
    make_shift(worker, district.place, NOW - timedelta(minutes=20))
    others = district.users["grid_head"]
    times = [NOW - timedelta(minutes=m) for m in (90, 61, 60, 30, 20, 5, 5)]
    people = [worker] * 6 + [others]
    told = write_fixes(columns(people, times, [HERE] * 7), now=NOW)
    unknown = "shift_unknown"
    assert told.refused.tolist() == ["", "", unknown, unknown, "", "", unknown]
    assert Fix.objects.count() == 4


def test_what_a_receiver_got_wrong_is_marked_and_kept(worker: User) -> None:
    points = [*steps(3), (120.6, 36.3), *steps(6)[3:], (0.0, 0.0)]
    accuracy = np.array([6.0, 6, 500, 6, 6, 6, 6, 6])
    told = write_fixes(columns(worker, NOW, points, accuracy_m=accuracy), now=NOW)
    assert told.stored == 8
    expected = [0, 0, Flag.BAD_ACCURACY, Flag.IMPOSSIBLE_SPEED, 0, 0, 0, Flag.ZERO_ISLAND]
    assert flags() == expected
    assert FixBatch.objects.get().flagged == {
        "bad_accuracy": 1, "zero_island": 1, "impossible_speed": 1,
    }  # fmt: skip


def test_one_by_one_is_judged_as_all_at_once(worker: User) -> None:
    points = [*steps(3), (120.6, 36.3), *steps(6)[3:], *[HERE] * 200]
    times = [NOW - timedelta(minutes=60) + timedelta(seconds=10 * k) for k in range(len(points))]
    whole = columns(worker, times, points)
    write_fixes(whole, now=NOW)
    at_once = flags()
    assert at_once.count(Flag.FROZEN) == 200 - 91
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrols_fix")
    for start in range(0, len(points), 17):
        write_fixes(whole.only(np.arange(start, min(start + 17, len(points)))), now=NOW)
    assert flags() == at_once


def test_a_real_move_is_believed_again(worker: User) -> None:
    times = [NOW - timedelta(minutes=30) + timedelta(seconds=60 * k) for k in range(8)]
    points = [HERE, *[(120.485, 36.065)] * 7]  # 7.2 km: 180 s at the fastest that is believed
    write_fixes(
        columns(worker, times, [(x, y + 1e-6 * k) for k, (x, y) in enumerate(points)]), now=NOW
    )
    assert flags() == [0, 4, 4, 0, 0, 0, 0, 0]


def test_a_day_of_utc_is_a_partition(worker: User) -> None:
    Shift.objects.update(started_at=NOW - timedelta(days=3))
    times = [NOW - timedelta(days=2), NOW - timedelta(days=1), NOW]
    write_fixes(columns(worker, times, steps(3)), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM patrols_fix ORDER BY at")
        assert [name for (name,) in cursor.fetchall()] == [
            "patrols_fix_d20261122", "patrols_fix_d20261123", "patrols_fix_d20261124",
        ]  # fmt: skip
    assert partitions.ensure([date(2026, 11, 24)]) == []


def test_partitions_are_made_ahead(db: None) -> None:
    made = partitions.ensure_ahead(now=NOW)
    assert made == [date(2026, 11, 23) + timedelta(days=k) for k in range(5)]
    assert partitions.ensure_ahead(now=NOW) == []


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act()
    cause = caught.value.__cause__
    assert getattr(getattr(cause, "diag", None), "constraint_name", None) == name, cause


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("lon", "'NaN'", "fix_position_in_range"),
        ("lat", "90.1", "fix_position_in_range"),
        ("datum", "5", "fix_datum_known"),
        ("accuracy_m", "-1", "fix_accuracy_in_range"),
        ("accuracy_m", "'NaN'", "fix_accuracy_in_range"),
        ("battery", "101", "fix_battery_in_range"),
        ("heading_deg", "361", "fix_heading_in_range"),
        ("speed_mps", "-1", "fix_speed_in_range"),
        ("flags", "16", "fix_flags_known"),
        ("sequence", "-1", "fix_sequence_counts"),
        ("device", "''", "fix_has_device"),
    ],
)
def test_the_table_of_fixes_refuses(worker: User, column: str, value: str, name: str) -> None:
    write_fixes(columns(worker, NOW, [HERE]), now=NOW)
    refused(name, lambda: sql(f"UPDATE patrols_fix SET {column} = {value}"))


def test_the_key_of_a_fix_is_once(worker: User) -> None:
    write_fixes(columns(worker, NOW, [HERE]), now=NOW)
    again = "INSERT INTO patrols_fix SELECT * FROM patrols_fix"
    refused("patrols_fix_d20261124_pkey", lambda: sql(again))


def test_a_worker_has_one_shift_at_a_time(worker: User, district: District) -> None:
    place = district.place
    refused("shift_one_at_a_time", lambda: make_shift(worker, place, NOW))
    refused(
        "shift_one_at_a_time", lambda: make_shift(worker, place, BEGAN - timedelta(hours=1), NOW)
    )
    make_shift(worker, place, BEGAN - timedelta(hours=1), BEGAN)
    make_shift(district.users["grid_head"], place, BEGAN)


def test_a_shift_that_makes_no_sense_is_refused(worker: User) -> None:
    every = Shift.objects.all()
    refused("shift_end_is_whole", lambda: every.update(ended_at=NOW))
    refused("shift_end_is_whole", lambda: every.update(end_received_at=NOW))
    late = {"ended_at": BEGAN, "end_received_at": NOW}
    refused("shift_ends_after_it_starts", lambda: every.update(**late))
    refused("shift_has_device", lambda: every.update(device=""))


def test_coverage_that_makes_no_sense_is_refused(district: District) -> None:
    def make(**changed: Any) -> Coverage:
        row = {"share": 0.5, "quality": 1.0, "fixes": 3, "within_m": 30, "batches": 1, **changed}
        return Coverage.objects.create(grid=district.cell(0, 0), day=NOW.date(), **row)

    make()
    refused("coverage_once_a_period", make)
    refused("coverage_share_in_range", lambda: make(share=1.1, within_m=31))
    refused("coverage_share_in_range", lambda: make(share=float("nan"), within_m=31))
    refused("coverage_quality_in_range", lambda: make(quality=-0.1, within_m=31))
    refused("coverage_within_in_range", lambda: make(within_m=0))


def test_batches_and_simulated_days_are_held(district: District) -> None:
    batch: dict[str, Any] = {"received_at": NOW, "first_at": NOW, "last_at": NOW, "sent": 1}
    FixBatch.objects.create(**batch, stored=1, duplicates=0)
    refused("batch_adds_up", lambda: FixBatch.objects.create(**batch, stored=1, duplicates=1))
    late = {**batch, "last_at": BEGAN}
    refused("batch_in_order", lambda: FixBatch.objects.create(**late, stored=0, duplicates=0))
    day = {"place": district.place, "day": NOW.date(), "until": NOW}
    SimulatedDay.objects.create(**day)
    refused("simulated_day_once", lambda: SimulatedDay.objects.create(**day))
