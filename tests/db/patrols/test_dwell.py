"""The stay of a visit: by the track alone, whichever of the two came first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from gis.kernel.datum import Datum
from gis.kernel.stays import stay_s
from grids.selectors import Position
from patrols.models import Spot, Visit
from patrols.services.fixes import write_fixes
from patrols.services.visits import record_visit
from tests.factories import District
from tests.patrols import columns, make_shift
from tests.spots import make_spot, make_type, make_visit

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
EAST = 0.001  # about 90 m
MINUTE = 60.0


def stay(
    minutes: list[float], away: list[float], moment: float, *, gap_s: float = 180
) -> float | None:
    at = np.array(minutes) * MINUTE
    found = stay_s(at, np.array(away), np.full(len(at), 50.0), moment * MINUTE, gap_s)
    return None if found is None else found / MINUTE


def test_a_stay_is_unbroken_and_holds_the_moment() -> None:
    there = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert stay(there, [90, 40, 0, 10, 90, 90], 2) == 2
    # One that left and came again has two stays; a pause of the receiver parts them too.
    assert stay(there, [0, 0, 90, 0, 0, 0], 4) == 2
    assert stay([0.0, 1.0, 9.0, 10.0, 11.0], [0, 0, 0, 0, 0], 0) == 1
    # Ticked off a little after, and much after.
    assert stay(there, [0, 0, 0, 90, 90, 90], 4) == 2
    assert stay(there, [0, 0, 0, 90, 90, 90], 6) is None
    assert stay(there, [90] * 6, 2) is None
    assert stay([3.0], [0], 3) == 0


@pytest.fixture
def spot(district: District) -> Spot:
    return make_spot(make_type(district), district.centre(0, 0))


def walk(district: District, spot: Spot, begin: datetime) -> None:
    """A minute on the way, five minutes there, a minute on the way; a fix every ten seconds."""
    lon, lat = spot.position.coords
    points = [(lon + EAST, lat)] * 6 + [(lon + k % 3 * 1e-5, lat) for k in range(31)]
    points += [(lon - EAST, lat)] * 6
    fixes = columns(district.users["worker"], begin, points)
    assert write_fixes(fixes, now=NOW, sender=district.users["worker"]).stored == len(points)


def test_the_track_may_come_after_the_visit_or_before(district: District, spot: Spot) -> None:
    worker, begin = district.users["worker"], NOW - timedelta(hours=1)
    make_shift(worker, district.place, begin - timedelta(hours=1))
    visit = make_visit(spot, worker, begin + timedelta(minutes=3))
    elsewhere = make_visit(spot, worker, begin - timedelta(minutes=50))
    walk(district, spot, begin)
    visit.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (visit.dwell_s, elsewhere.dwell_s) == (300, None)
    lon, lat = spot.position.coords
    here = Position(lon, lat, Datum.WGS84, 8.0)
    told = record_visit(
        key=uuid4(), spot_id=spot.pk, worker=worker, at=begin + timedelta(minutes=4),
        position=here, note="", now=NOW,
    )  # fmt: skip
    assert told.dwell_s == 300
    assert Visit.objects.get(pk=told.pk).dwell_s == 300
