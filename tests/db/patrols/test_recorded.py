"""What is kept of when each cell was last recorded: late batches, two processes, deleted fixes."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.gis.geos import Point, Polygon
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from gis.kernel.datum import Datum
from grids.models import Place, User
from grids.selectors import Position
from patrols.models import FixBatch, RecordedBlock, Spot, SpotType
from patrols.selectors.recorded import complete_until, recorded_of
from patrols.services.fixes import write_fixes
from patrols.services.recorded import make_again, move_on
from patrols.services.visits import record_visit
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def walk(district: District, seed: int, hours_ago: float, sent_ago: float = 0.0) -> None:
    """Two hours on foot in crooked ways, recorded then and sent in four batches later."""
    chance, worker = np.random.default_rng(seed), district.users["worker"]
    began = NOW - timedelta(hours=hours_ago)
    make_shift(worker, district.place, began, began + timedelta(hours=2))
    heading = np.cumsum(chance.normal(0, 0.3, 700))
    lon = WEST + CELL * 0.9 + np.cumsum(1e-4 * np.cos(heading))
    lat = SOUTH + CELL * 0.9 + np.cumsum(1e-4 * np.sin(heading))
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    number = np.arange(700, dtype=np.int64) + 1000 * seed
    track = columns(worker, began, points, sequence=number)
    for part in np.array_split(np.arange(700), 4):
        write_fixes(track.only(part), now=NOW - timedelta(hours=sent_ago), sender=worker)


def kept(district: District) -> np.ndarray:
    return recorded_of(district.place).seconds.copy()


def test_late_batches_count_and_nothing_counts_twice(district: District) -> None:
    for seed, hours_ago in enumerate((3, 80, 30), 1):
        walk(district, seed, hours_ago)
        assert move_on() == 4
        assert move_on() == 0
    one_by_one = kept(district)
    assert complete_until(NOW) == NOW
    RecordedBlock.objects.all().delete()
    FixBatch.objects.update(is_recorded=False)
    assert complete_until(NOW + timedelta(hours=1)) == NOW
    assert move_on() == 12
    assert (kept(district) == one_by_one).all()
    assert len(np.unique(one_by_one)) > 200
    version = recorded_of(district.place).version
    FixBatch.objects.update(is_recorded=False)
    move_on()
    # The same again changes no block.
    assert recorded_of(district.place).version == version


def test_it_is_made_again_equal_from_the_fixes(district: District) -> None:
    for seed, hours_ago in enumerate((3, 80, 30), 1):
        walk(district, seed, hours_ago)
        move_on()
    before = kept(district)
    RecordedBlock.objects.update(seconds=bytes(4096))
    assert make_again() >= 6
    assert (kept(district) == before).all()
    wrong = np.full(1024, int(NOW.timestamp()), "<u4").tobytes()
    RecordedBlock.objects.update(seconds=wrong, version=99)
    call_command("rebuild_recorded")
    assert (kept(district) == before).all()
    with pytest.raises(CommandError):
        call_command("rebuild_recorded", "--since", "2026-11-24")


def test_it_outlives_the_fixes(district: District) -> None:
    walk(district, 1, 80)
    move_on()
    before = kept(district)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrols_fix")
    move_on()
    make_again()
    assert (kept(district) == before).all()
    # The younger walk is made again, the older one stays although its fixes are gone.
    walk(district, 2, 3)
    move_on()
    both = kept(district)
    assert (both != before).any()
    make_again()
    assert (kept(district) == both).all()
    call_command("rebuild_recorded", "--since", (NOW - timedelta(hours=2)).isoformat())
    assert (kept(district) == both).all()


def test_a_visit_is_a_record_too(district: District) -> None:
    kind = SpotType.objects.create(place=district.place, name="配电房", every_days=7)
    lon, lat = district.centre(0, 0)
    grid = district.cell(0, 0).code
    spot = Spot.objects.create(
        place=district.place, type=kind, name="一", position=Point(lon, lat, srid=4326),
        grid_code=grid, created_at=NOW,
    )  # fmt: skip
    visit(spot, district.users["worker"], lon, lat, 20.0)
    assert move_on() == 1
    seconds = kept(district)
    assert set(np.unique(seconds)) == {0, int(NOW.timestamp())}
    # A position that may be anywhere is none.
    RecordedBlock.objects.all().delete()
    visit(spot, district.users["worker"], lon, lat, 900.0)
    assert move_on() == 1
    assert not kept(district).any()


def visit(spot: Spot, worker: User, lon: float, lat: float, accuracy_m: float) -> None:
    record_visit(
        key=uuid4(), spot_id=spot.pk, worker=worker, at=NOW, note="", now=NOW,
        position=Position(lon, lat, Datum.WGS84, accuracy_m),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_processes_that_derive_at_once_agree(district: District) -> None:
    for seed, hours_ago in enumerate((3, 80, 30), 1):
        walk(district, seed, hours_ago)
    taken: list[int] = []

    def derive() -> None:
        try:
            taken.append(move_on())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=derive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 12
    together = kept(district)
    make_again()
    assert (kept(district) == together).all()
    assert together.any()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_will_not_wait_leaves_it_to_the_other(district: District) -> None:
    walk(district, 1, 3)
    began, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                make_again()
                began.set()
                done.wait(60)
        finally:
            connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    assert began.wait(60)
    assert move_on(wait=False) == 0
    done.set()
    other.join()
    # What the other took in is taken in.
    assert move_on(wait=False) == 0
    assert kept(district).any()


def test_a_place_too_wide_for_cells_stops_no_other(
    district: District, caplog: pytest.LogCaptureFixture
) -> None:
    Place.objects.create(
        code="999999", name="很大", envelope=Polygon.from_bbox((100, 30, 110, 40)), srid_m=4549
    )
    walk(district, 1, 3)
    assert move_on() == 4
    assert kept(district).any()
    assert "999999" in caplog.text
