"""`nearest` and `positions`: for those who answer for the ground, of those on duty, recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError
from django.utils import timezone
from rest_framework.test import APIClient

from gis.kernel.datum import from_wgs84
from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from grids.choices import Role
from grids.models import Post, User
from patrols.models import Shift
from patrols.services import positions
from patrols.services.fixes import write_fixes
from tests.factories import WEST, District, make_district, make_post, make_user
from tests.patrols import columns, make_shift

For = Callable[[User], APIClient]
# Who is seen by whom: the worker of cell (0, 0), one of the same community, one of another
# subdistrict.
SEEN = {
    "centre": ["near", "worker", "far"],
    "subdistrict": ["near", "worker"],
    "community": ["near", "worker"],
    "grid_head": ["worker"],
    "worker": ["worker"],
}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def patrolled(district: District, now: datetime) -> District:
    """Three on duty: `near` in cell (1, 0), `worker` in (0, 0), `far` in (3, 2)."""
    cells = {"near": (1, 0), "worker": (0, 0), "far": (3, 2)}
    for name, cell in cells.items():
        if name not in district.users:
            district.users[name] = make_user(name, district.place)
            make_post(district.users[name], Role.WORKER, grid=district.cell(*cell))
        make_shift(district.users[name], district.place, now - timedelta(hours=1))
    people = [district.users[name] for name in cells]
    points = [district.centre(*cell) for cell in cells.values()]
    write_fixes(columns(people, [now - timedelta(minutes=1)] * 3, points), now=now)
    return district


def ask(client: APIClient, district: District, **query: Any) -> Any:
    lon, lat = district.centre(1, 0)
    return client.get(
        "/api/v1/patrols/nearest", {"lon": lon, "lat": lat, "datum": "wgs84", **query}
    )


def positions_told(client: APIClient) -> Any:
    return client.get("/api/v1/patrols/positions")


def names(district: District, *keys: str) -> list[str]:
    return [district.users[key].username for key in keys]


def looks(district: District) -> list[AuditEvent]:
    chain = f"positions:{district.place.pk}"
    return list(AuditEvent.objects.filter(chain=chain).order_by("sequence"))


@pytest.mark.parametrize("role", [str(role) for role in Role])
def test_each_is_told_of_the_workers_they_answer_for(
    patrolled: District, api_for: For, role: str
) -> None:
    client = api_for(patrolled.users[role])
    answer, whole = ask(client, patrolled), positions_told(client)
    if role not in SEEN:
        assert answer.status_code == whole.status_code == 403
        assert answer.json()["errors"][0]["code"] == "not_allowed"
        assert whole.json()["errors"][0]["code"] == "not_allowed"
        assert not looks(patrolled)
        return
    assert [one["worker"] for one in answer.json()] == names(patrolled, *SEEN[role])
    told = [one["properties"]["worker"] for one in whole.json()["features"]]
    assert sorted(told) == sorted(names(patrolled, *SEEN[role]))


def test_how_far_and_when(patrolled: District, api_for: For, now: datetime) -> None:
    client = api_for(patrolled.users["centre"])
    [first, second, _] = ask(client, patrolled).json()
    assert (first["distance_m"], set(first)) == (0.0, {"worker", "distance_m", "seen_at"})
    assert datetime.fromisoformat(first["seen_at"]) == now - timedelta(minutes=1)
    assert 899 < second["distance_m"] < 902  # a hundredth of a degree of longitude at 36° north
    assert len(ask(client, patrolled, n=2).json()) == 2


def test_the_datum_counts(patrolled: District, api_for: For) -> None:
    client = api_for(patrolled.users["centre"])
    lon, lat = from_wgs84(*patrolled.centre(1, 0), "gcj02")
    told = ask(client, patrolled, lon=float(lon), lat=float(lat), datum="gcj02").json()
    assert told[0]["distance_m"] < 0.2


def test_who_is_off_duty_is_never_told(patrolled: District, api_for: For, now: datetime) -> None:
    client, near = api_for(patrolled.users["centre"]), patrolled.users["near"]
    Shift.objects.filter(worker=near).update(ended_at=now, end_received_at=now)
    assert near.username not in ask(client, patrolled).content.decode()
    positions.forget([near.pk])
    assert near.username not in ask(client, patrolled).content.decode()
    assert [one["worker"] for one in ask(client, patrolled).json()] == names(
        patrolled, "worker", "far"
    )
    # Nor by what was kept on the phone and sent after the end.
    late = columns([near], [now - timedelta(seconds=30)], [patrolled.centre(1, 0)])
    write_fixes(late.only(np.array([True])), now=now)
    assert near.username not in ask(client, patrolled).content.decode()


def test_a_post_that_is_over_shows_nobody(patrolled: District, api_for: For, now: datetime) -> None:
    Post.objects.filter(user=patrolled.users["near"]).delete()
    told = ask(api_for(patrolled.users["subdistrict"]), patrolled).json()
    assert [one["worker"] for one in told] == names(patrolled, "worker")
    Post.objects.filter(user=patrolled.users["subdistrict"]).delete()
    assert ask(api_for(patrolled.users["subdistrict"]), patrolled).status_code == 403


def test_other_places_and_superusers_see_nobody(patrolled: District, api_for: For) -> None:
    other = make_district("370298", west=WEST + 1).users["centre"]
    assert ask(api_for(other), patrolled).status_code == 400  # their place lies elsewhere
    assert ask(api_for(other), patrolled, place=patrolled.place.code).status_code == 404
    root = make_user("root", is_superuser=True)
    assert ask(api_for(root), patrolled, place=patrolled.place.code).status_code == 403
    assert not looks(patrolled)


def test_every_look_is_recorded_and_the_chain_holds(patrolled: District, api_for: For) -> None:
    for role in ("community", "worker", "community"):
        ask(api_for(patrolled.users[role]), patrolled)
    events = looks(patrolled)
    assert [(one.action, one.actor_id) for one in events] == [
        ("positions.viewed", patrolled.users[role].pk)
        for role in ("community", "worker", "community")
    ]
    lon, lat = patrolled.centre(1, 0)
    seen = [patrolled.users[key].pk for key in ("near", "worker")]
    assert events[0].data == {"lon": lon, "lat": lat, "workers": seen}
    assert not list(audit.broken_links())


def test_without_the_record_there_is_no_answer(
    patrolled: District, api_for: For, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(audit, "record", fail)
    client = api_for(patrolled.users["centre"])
    client.raise_request_exception = False
    answer = ask(client, patrolled)
    assert answer.status_code >= 500
    assert b"distance_m" not in answer.content


def test_positions_are_points_and_recorded_once(
    patrolled: District, api_for: For, now: datetime
) -> None:
    client, near = api_for(patrolled.users["grid_head"]), patrolled.users["worker"]
    told = positions_told(client).json()
    assert told["type"] == "FeatureCollection"
    [point] = told["features"]
    assert point["geometry"] == {"type": "Point", "coordinates": list(patrolled.centre(0, 0))}
    assert (point["properties"]["worker"], point["properties"]["accuracy_m"]) == (near.username, 6)
    assert datetime.fromisoformat(point["properties"]["seen_at"]) == now - timedelta(minutes=1)
    [event] = looks(patrolled)
    assert (event.actor_id, event.data) == (
        patrolled.users["grid_head"].pk, {"workers": [near.pk]},
    )  # fmt: skip
    Shift.objects.filter(worker=near).update(ended_at=now, end_received_at=now)
    assert positions_told(client).json()["features"] == []


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"n": "0"}, "n", "out_of_range"),
        ({"n": "51"}, "n", "out_of_range"),
        ({"n": "x"}, "n", "not_an_integer"),
        ({"datum": ""}, "datum", "required"),
        ({"lon": "13.4", "lat": "52.5"}, "lon", "outside_place"),
        ({"lon": "0", "lat": "90"}, "lon", "outside_place"),
        ({"worker": "x"}, "worker", "unknown_parameter"),
    ],
)
def test_wrong_questions_are_named(
    patrolled: District, api_for: For, asked: dict[str, str], field: str, code: str
) -> None:
    answer = ask(api_for(patrolled.users["centre"]), patrolled, **asked)
    assert answer.status_code == 400
    first = answer.json()["errors"][0]
    assert (first["field"], first["code"]) == (field, code)
