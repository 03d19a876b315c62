"""Where those on duty are now: the newest good fix, and nothing once the shift is over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from grids.models import User
from patrols.models import LivePosition, Shift
from patrols.services import positions
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


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes]


def east(*steps: int) -> list[tuple[float, float]]:
    return [(HERE[0] + 1e-4 * k, HERE[1]) for k in steps]


def held() -> list[tuple[Any, ...]]:
    return list(LivePosition.objects.values_list("worker", "lon", "lat", "at", "accuracy_m"))


def test_the_newest_good_fix_is_the_position(worker: User) -> None:
    accuracy = np.array([6.0, 7, 500])
    write_fixes(columns(worker, ago(3, 2, 1), east(0, 1, 2), accuracy_m=accuracy), now=NOW)
    assert held() == [(worker.pk, HERE[0] + 1e-4, HERE[1], *ago(2), 7.0)]
    live = LivePosition.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Distance(ST_SetSRID(point, 4549), ST_Transform(ST_Point(lon, lat, 4326),"
            " 4549)), ST_SRID(point) FROM patrols_liveposition"
        )
        assert cursor.fetchone() == (0.0, 0)
    assert live.place_id == worker.place_id


def test_what_comes_late_moves_nobody_back(worker: User) -> None:
    write_fixes(columns(worker, ago(2), east(0)), now=NOW)
    before = held()
    write_fixes(columns(worker, ago(5, 3), east(1, 2), sequence=np.array([7, 8])), now=NOW)
    assert held() == before
    write_fixes(columns(worker, ago(1), east(3), sequence=np.array([9])), now=NOW)
    assert held()[0][3:4] == tuple(ago(1))


def test_a_replay_with_another_time_is_no_position(worker: User) -> None:
    write_fixes(columns(worker, ago(4), east(0)), now=NOW)
    before = held()
    write_fixes(columns(worker, ago(1), east(5)), now=NOW)
    assert held() == before


def test_only_a_shift_that_goes_on_has_a_position(worker: User, district: District) -> None:
    Shift.objects.update(ended_at=NOW - timedelta(minutes=3), end_received_at=NOW)
    write_fixes(columns(worker, ago(5, 4), east(0, 1)), now=NOW)
    assert held() == []
    write_fixes(columns(worker, ago(20), east(0), sequence=np.array([4])), now=NOW)
    assert held() == []


def test_an_old_fix_is_no_position(worker: User) -> None:
    write_fixes(columns(worker, ago(16), east(0)), now=NOW)
    assert held() == []


def test_who_is_forgotten_has_a_row_and_no_position(worker: User) -> None:
    write_fixes(columns(worker, ago(1), east(0)), now=NOW)
    assert positions.forget([worker.pk, 10**9]) == 1
    assert held() == [(worker.pk, None, None, None, None)]
    assert positions.forget([worker.pk]) == 0
    assert positions.forget([]) == 0
    write_fixes(columns(worker, [NOW], east(0), sequence=np.array([5])), now=NOW)
    assert held()[0][3] == NOW


def test_the_queryset_leaves_out_who_is_off_duty_and_what_is_old(
    worker: User, district: District
) -> None:
    write_fixes(columns(worker, ago(1), east(0)), now=NOW)
    live = LivePosition.objects
    assert live.on_duty(NOW).count() == 1
    assert live.on_duty(NOW + timedelta(minutes=13)).count() == 1
    assert live.on_duty(NOW + timedelta(minutes=14)).count() == 0
    Shift.objects.update(ended_at=NOW, end_received_at=NOW)
    assert live.on_duty(NOW).count() == 0


@pytest.mark.parametrize(
    "change",
    ["lon = NULL", "point = NULL", "lat = 91", "at = NULL", "lon = NULL, lat = NULL, at = NULL"],
)
def test_the_table_holds_a_whole_position_or_none(worker: User, change: str) -> None:
    write_fixes(columns(worker, ago(1), east(0)), now=NOW)
    with (
        pytest.raises(IntegrityError, match="live_position"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE patrols_liveposition SET {change}")
