"""What was seen, beside what PostGIS makes of the same fixes by its own buffers."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection

from grids.models import User
from patrols.models import Shift
from patrols.selectors import coverage_rows, on_duty, seen_raster
from patrols.services.fixes import write_fixes
from tests.covered import area_by_postgis, shares_by_postgis
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=3)


@pytest.fixture
def walked(district: District) -> District:
    """Three walks over half of the district, with rests, holes and wrong fixes."""
    chance = np.random.default_rng(4)
    people: list[User] = [district.users[name] for name in ("worker", "grid_head", "community")]
    for number, user in enumerate(people):
        make_shift(user, district.place, BEGAN)
        heading = np.cumsum(chance.normal(0, 0.4, 400))
        stride = 1.1e-4 * (chance.random(400) > 0.2)
        lon = WEST + CELL * (0.5 + number) + np.cumsum(stride * np.cos(heading))
        lat = SOUTH + CELL * (0.5 + number) + np.cumsum(stride * np.sin(heading))
        lon[90:93] += 0.2
        walk = columns(user, BEGAN, list(zip(lon.tolist(), lat.tolist(), strict=True)))
        write_fixes(walk.only((np.arange(400) < 200) | (np.arange(400) > 260)), now=NOW)
    return district


@pytest.mark.parametrize("within_m", [30, 12, 75])
@pytest.mark.parametrize("edition", ["now", "old"])
def test_it_is_what_postgis_finds(walked: District, within_m: int, edition: str) -> None:
    asked = getattr(walked, edition)
    found = coverage_rows(asked, since=BEGAN, until=NOW, within_m=within_m)
    told = shares_by_postgis(asked, BEGAN, NOW, within_m=within_m)
    assert [row.grid_code for row in found] == list(told)
    assert max(told.values()) > within_m / 600
    for row in found:
        assert row.share == pytest.approx(told[row.grid_code], abs=0.003), row.grid_code


def test_fixes_and_their_quality_are_counted_by_grid(walked: District) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patrols_fix SET accuracy_m = 40 WHERE sequence % 2 = 0")
        cursor.execute(
            "SELECT g.code, count(*), avg((accuracy_m <= 15)::int) FROM patrols_fix f"
            " JOIN grids_grid g ON ST_Covers(geometry, ST_SetSRID(ST_MakePoint(lon, lat), 4326))"
            " WHERE g.edition_id = %s AND flags = 0 GROUP BY code",
            [walked.now.pk],
        )
        told = {code: (count, float(good)) for code, count, good in cursor.fetchall()}
    for row in coverage_rows(walked.now, since=BEGAN, until=NOW):
        if row.grid_code in told:
            assert (row.fixes, row.quality) == pytest.approx(told[row.grid_code])
        else:
            assert (row.fixes, row.quality) == (0, None)


def test_a_window_sees_only_what_is_in_it(walked: District) -> None:
    before = coverage_rows(walked.now, since=BEGAN - timedelta(days=1), until=BEGAN)
    assert len(before) == 12
    assert not any(row.share or row.fixes for row in before)
    half = coverage_rows(walked.now, since=BEGAN, until=BEGAN + timedelta(minutes=20))
    whole = coverage_rows(walked.now, since=BEGAN, until=NOW)
    assert all(a.share <= b.share for a, b in zip(half, whole, strict=True))
    assert sum(a.share for a in half) < sum(b.share for b in whole)


def test_what_comes_in_late_is_told_at_once(walked: District) -> None:
    before = coverage_rows(walked.now, since=BEGAN, until=NOW)
    lon, lat = walked.centre(3, 2)
    late = columns(
        walked.users["worker"], NOW - timedelta(minutes=1), [(lon, lat)],
        sequence=np.array([9000]),
    )  # fmt: skip
    write_fixes(late, now=NOW)
    after = coverage_rows(walked.now, since=BEGAN, until=NOW)
    changed = [a.grid_code for a, b in zip(after, before, strict=True) if a != b]
    assert changed == [walked.cell(3, 2).code]


def test_without_grids_there_is_nothing(district: District) -> None:
    district.draft.grids.all().delete()
    assert coverage_rows(district.draft, since=BEGAN, until=NOW) == []
    assert seen_raster(district.draft, since=BEGAN, until=NOW) is None


def test_the_raster_shows_the_ground_that_was_seen(walked: District) -> None:
    raster = seen_raster(walked.now, since=BEGAN, until=NOW)
    assert raster is not None
    west, south, east, north = raster.box
    rows, columns_ = raster.cells.shape
    assert set(np.unique(raster.cells)) == {0, 255}
    with connection.cursor() as cursor:
        cursor.execute("SELECT lon, lat FROM patrols_fix WHERE flags = 0")
        points = np.array(cursor.fetchall())
    column = ((points[:, 0] - west) / (east - west) * columns_).astype(int)
    y = np.arcsinh(np.tan(np.radians(points[:, 1])))
    low, high = (np.arcsinh(np.tan(np.radians(edge))) for edge in (south, north))
    row = ((high - y) / (high - low) * rows).astype(int)
    assert (raster.cells[row, column] == 255).all()
    seen_m2 = (raster.cells > 0).sum() * 400.0
    assert seen_m2 == pytest.approx(area_by_postgis(BEGAN, NOW), rel=0.03)


def test_who_is_on_duty_at_an_instant(district: District) -> None:
    place, users = district.place, district.users
    make_shift(users["worker"], place, BEGAN, NOW)
    make_shift(users["grid_head"], place, BEGAN + timedelta(hours=1))
    asked = [BEGAN - timedelta(seconds=1), BEGAN, BEGAN + timedelta(hours=1), NOW]
    assert [on_duty(place, at) for at in asked] == [0, 1, 2, 1]
    assert Shift.objects.count() == 2
