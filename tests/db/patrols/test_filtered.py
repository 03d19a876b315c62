"""What was filtered can be seen: by who sent it, and by the centre of the place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from grids.models import User
from patrols.simulation import releasing
from patrols.simulation.releasing import simulate_patrols
from tests.factories import WEST, District, make_district
from tests.patrols import make_shift

FILTERED = "/api/v1/patrols/filtered"
NOTHING = {"sent": 0, "stored": 0, "duplicates": 0, "refused": {}, "flagged": {}}


@pytest.fixture
def sent(district: District, api_for: Callable[[User], APIClient]) -> District:
    """The worker sends two good fixes, one again, one off shift, one that is none, one at zero."""
    now = timezone.now().timestamp()
    worker = district.users["worker"]
    make_shift(worker, district.place, timezone.now() - timedelta(hours=3))
    rows = [
        {"device": "a", "sequence": k, "time": now - 600 + 60 * k, "lon": 120.405 + k / 1e4,
         "lat": 36.065, "datum": "wgs84", "accuracy_m": 5}
        for k in range(4)
    ]  # fmt: skip
    rows[2]["lat"] = "36"
    rows[3] |= {"lon": 0, "lat": 0}
    off = {**rows[0], "sequence": 9, "time": now - 4 * 3600}
    api_for(worker).post("/api/v1/patrols/fixes", [*rows, rows[0], off], format="json")
    return district


def test_each_sees_their_own_and_the_centre_all(
    sent: District, api_for: Callable[[User], APIClient]
) -> None:
    whole = {
        "sent": 6, "stored": 3, "duplicates": 1,
        "refused": {"invalid": 1, "shift_unknown": 1}, "flagged": {"zero_island": 1},
    }  # fmt: skip
    for role in sent.users:
        told = api_for(sent.users[role]).get(FILTERED).json()
        del told["date"]
        assert told == (whole if role in {"worker", "centre", "admin"} else NOTHING), role
    other = make_district("370298", west=WEST + 1).users["centre"]
    told = api_for(other).get(FILTERED).json()
    del told["date"]
    assert told == NOTHING


def test_a_day_is_that_of_receipt(sent: District, api_for: Callable[[User], APIClient]) -> None:
    client = api_for(sent.users["worker"])
    told = client.get(FILTERED, {"date": "2026-01-02"}).json()
    assert told == {"date": "2026-01-02", **NOTHING}
    assert client.get(FILTERED, {"date": "x"}).status_code == 400
    assert client.get(FILTERED, {"worker": "x"}).status_code == 400


def test_what_is_simulated_is_the_place_s(
    district: District, api_for: Callable[[User], APIClient]
) -> None:
    releasing._kept.clear()
    zone = ZoneInfo(district.place.time_zone)
    noon = datetime(2026, 3, 4, 12, tzinfo=zone)
    stored = simulate_patrols(district.place, day=noon.date(), until=noon)
    told = {
        name: api_for(district.users[name]).get(FILTERED, {"date": "2026-03-04"}).json()["stored"]
        for name in ("centre", "worker")
    }
    assert told == {"centre": stored, "worker": 0}
    other = make_district("370298", west=WEST + 1).users["centre"]
    assert api_for(other).get(FILTERED, {"date": "2026-03-04"}).json()["stored"] == 0
