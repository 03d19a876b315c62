"""A shift's track as one row: near enough to every fix, and made again when more have come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from patrols.models import Fix, Retention, Track
from patrols.selectors import coverage_rows
from patrols.selectors.tracks import fixes_between
from patrols.services.compacting import GRACE, compact, compact_due, due_shifts
from patrols.services.fixes import write_fixes
from patrols.services.shifts import end_shift, start_shift
from tests.factories import District
from tests.kept import drop_fixes, walk_shift
from tests.patrols import columns, make_shift

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 10, 1, 23, 20, tzinfo=UTC)  # over midnight of UTC, in the morning there
ENDED = BEGAN + timedelta(hours=1)
# The track at the time of each fix, by PostGIS: LineStrings with time as M, and what is nearest.
POSTGIS = """
WITH point AS (
    SELECT t.shift_id, v.number, v.at_s + extract(epoch FROM t.since) AS at_s,
        ST_Transform(ST_Point(v.lon / 1e7, v.lat / 1e7, 4326), 4549) AS p,
        sum(v.begins::int) OVER (PARTITION BY t.shift_id ORDER BY v.number) AS part
    FROM patrols_track t, unnest(at_s, lon_e7, lat_e7, begins)
        WITH ORDINALITY v (at_s, lon, lat, begins, number)
), line AS (
    SELECT shift_id, part, min(at_s) AS since, max(at_s) AS until,
        CASE WHEN count(*) > 1 THEN ST_MakeLine(p ORDER BY number) ELSE min(p::text)::geometry END
            AS way
    FROM point GROUP BY shift_id, part
)
SELECT max(near.away) FROM patrols_fix f, LATERAL (
    SELECT min(ST_Distance(way, ST_Transform(ST_Point(f.lon, f.lat, 4326), 4549))) AS away
    FROM line WHERE extract(epoch FROM f.at) BETWEEN since - 1 AND until + 1
) near WHERE f.flags = 0
"""


def test_no_good_fix_is_farther_than_was_said(district: District) -> None:
    for seed, name in enumerate(("worker", "grid_head", "community")):
        walk_shift(district, district.users[name], BEGAN, seed=seed)
    assert compact_due(now=ENDED + GRACE) == 3
    with connection.cursor() as cursor:
        cursor.execute(POSTGIS)
        farthest = cursor.fetchone()[0]
    rows = Track.objects.all()
    assert farthest <= max(row.error_m for row in rows) <= 2.02
    good = Fix.objects.filter(flags=0).count()
    assert sum(row.fixes for row in rows) == good
    assert sum(len(row.at_s) for row in rows) < good / 3
    assert sum(sum(row.fixes_at) for row in rows) == good
    stored = sum(day["stored"] for row in rows for day in row.days.values())
    assert stored == Fix.objects.count()
    assert {day for row in rows for day in row.days} == {"2026-10-01", "2026-10-02"}


def test_coverage_by_what_is_kept_is_that_of_the_fixes(district: District) -> None:
    for seed, name in enumerate(("worker", "grid_head", "community")):
        walk_shift(district, district.users[name], BEGAN, seed=seed)
    compact_due(now=ENDED + GRACE)
    raw = coverage_rows(district.now, since=BEGAN, until=ENDED)
    drop_fixes(date(2026, 10, 1), date(2026, 10, 2))
    kept = coverage_rows(district.now, since=BEGAN, until=ENDED)
    assert max(row.share for row in raw) > 0.05
    for before, after in zip(raw, kept, strict=True):
        assert after.share == pytest.approx(before.share, abs=0.003)
    # A point stands for the fixes before it, some of which were across a border.
    assert sum(row.fixes for row in kept) == pytest.approx(sum(row.fixes for row in raw), rel=0.01)


def test_half_of_a_day_from_each(district: District) -> None:
    """Where the fixes of the first part are gone the track goes on without a break."""
    walk_shift(district, district.users["worker"], BEGAN)
    compact_due(now=ENDED + GRACE)
    whole = fixes_between(BEGAN, ENDED)
    drop_fixes(date(2026, 10, 1))
    found = fixes_between(BEGAN, ENDED)
    midnight = datetime(2026, 10, 2, tzinfo=UTC).timestamp()
    assert int(found.count.sum()) == len(whole.at_s)
    before, after = whole.at_s < midnight, found.at_s > midnight
    np.testing.assert_array_equal(found.at_s[after], whole.at_s[~before])
    assert after.sum() < len(found.at_s) < len(whole.at_s)
    x, y = found.lon * 90_000, found.lat * 111_000
    first_raw = int(np.flatnonzero(after)[0])
    assert found.joined(x, y)[first_raw]


def test_it_waits_for_what_comes_late_and_is_made_again(district: District) -> None:
    worker = district.users["worker"]
    shift = walk_shift(district, worker, BEGAN)
    assert compact_due(now=ENDED + GRACE - timedelta(seconds=1)) == 0
    assert compact_due(now=ENDED + GRACE) == 1
    assert compact_due(now=ENDED + GRACE) == 0
    first = Track.objects.get()
    compact(shift.pk, now=ENDED + GRACE)
    again = Track.objects.get()
    assert (again.at_s, again.lon_e7, again.days) == (first.at_s, first.lon_e7, first.days)

    lon, lat = district.centre(3, 2)
    late = [BEGAN + timedelta(seconds=2100 + k) for k in range(3)]
    sent = columns(
        worker, late, [(lon, lat)] * 3, sequence=np.arange(3), device=np.full(3, "other")
    )
    write_fixes(sent, now=ENDED + timedelta(hours=3), sender=worker)
    assert Track.objects.get().is_stale
    assert list(due_shifts(ENDED + timedelta(hours=3))) == [shift]
    call_command("compact_tracks")
    row = Track.objects.get()
    assert not row.is_stale
    assert sum(day["stored"] for day in row.days.values()) == Fix.objects.count()
    # A replay stores nothing, and makes nothing old.
    write_fixes(sent, now=ENDED + timedelta(hours=3), sender=worker)
    assert not Track.objects.get().is_stale


def test_a_fix_after_the_told_end_belongs_to_the_shift_before_it(district: District) -> None:
    """A phone tells the end late: what it had sent meanwhile is in one track all the same."""
    worker = district.users["worker"]
    shift = make_shift(worker, district.place, BEGAN)
    lon, lat = district.centre(0, 0)
    write_fixes(columns(worker, BEGAN, [(lon, lat)] * 60), now=ENDED)
    end_shift(shift=shift, ended_at=BEGAN + timedelta(minutes=5), now=ENDED)
    compact_due(now=ENDED + GRACE)
    assert Track.objects.get(pk=shift.pk).fixes == 60
    # The next shift is told to have begun among them.
    told = start_shift(
        worker=worker, device="b", started_at=BEGAN + timedelta(minutes=8), now=ENDED
    )
    assert Track.objects.get(pk=shift.pk).is_stale
    end_shift(shift=told, ended_at=BEGAN + timedelta(minutes=30), now=ENDED)
    compact_due(now=ENDED + GRACE)
    assert [row.fixes for row in Track.objects.order_by("pk")] == [48, 12]


def test_what_is_far_from_the_place_stays_as_it_is(district: District) -> None:
    worker = district.users["worker"]
    make_shift(worker, district.place, BEGAN, ENDED)
    away = [(-100.0 + 1e-7 * k, 80.0) for k in range(30)]
    write_fixes(columns(worker, BEGAN, away), now=ENDED)
    compact_due(now=ENDED + GRACE)
    row = Track.objects.get()
    assert (row.fixes, row.error_m < 0.1) == (30, True)
    assert row.lon_e7[0] == -1_000_000_000


def test_a_shift_without_a_fix_has_an_empty_track(district: District) -> None:
    make_shift(district.users["worker"], district.place, BEGAN, ENDED)
    assert compact_due(now=ENDED + GRACE) == 1
    row = Track.objects.get()
    assert (row.fixes, row.at_s, row.since, row.days) == (0, [], None, {})
    assert compact_due(now=ENDED + GRACE) == 0


def test_the_error_is_the_place_s_own(district: District) -> None:
    Retention.objects.create(place=district.place, fine_m=10)
    walk_shift(district, district.users["worker"], BEGAN)
    compact_due(now=ENDED + GRACE)
    assert 2.1 < Track.objects.get().error_m <= 10.02


@pytest.mark.parametrize(
    "wrong",
    [
        "lat_e7 = lat_e7[2:]", "until = since - interval '1 s'", "stage = 'deleted'",
        "stage = 'other'", "error_m = -1",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(district: District, wrong: str) -> None:
    walk_shift(district, district.users["worker"], BEGAN, hours=0.1)
    compact_due(now=ENDED + GRACE)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE patrols_track SET {wrong}")
