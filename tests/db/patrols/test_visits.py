"""A place is ticked off once, by its workers, from where it is or with the reason why not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.db.models.functions import Distance
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from gis.kernel.datum import from_wgs84
from grids.choices import PostKind, Role
from grids.models import User
from patrols.models import Spot, Visit
from patrols.selectors.spots import dues
from tests.factories import District, make_district, make_post, make_user
from tests.spots import make_spot, make_type, make_visit

For = Callable[[User], APIClient]
ZONE = ZoneInfo("Asia/Shanghai")
VISITS = "/api/v1/patrols/visits"


@pytest.fixture
def spot(district: District) -> Spot:
    return make_spot(make_type(district), district.centre(0, 0))


def tick(client: APIClient, at_spot: Spot, key: Any = None, **changed: Any) -> Any:
    body = {
        "spot": at_spot.pk,
        "lon": at_spot.position.x,
        "lat": at_spot.position.y,
        "datum": "wgs84",
        "accuracy_m": 10,
        **changed,
    }
    headers = {"idempotency-key": str(key or uuid4())}
    return client.post(VISITS, body, format="json", headers=headers)


def code(answer: Any) -> tuple[int, str, str]:
    [one] = answer.json()["errors"]
    return answer.status_code, one["field"], one["code"]


def test_a_visit_is_kept_once(district: District, spot: Spot, api_for: For) -> None:
    client, key = api_for(district.users["worker"]), uuid4()
    first = tick(client, spot, key)
    assert first.status_code == 201
    told = first.json()
    assert (told["id"], told["is_here"], told["distance_m"]) == (str(key), True, 0.0)
    assert tick(client, spot, key).json() == told
    assert code(tick(client, spot, key, note="另一内容"))[2] == "key_reused"
    today = timezone.now().astimezone(ZONE).date()
    midnight = datetime.combine(today + timedelta(days=8), datetime.min.time(), ZONE)
    assert datetime.fromisoformat(told["due_at"]) == midnight
    assert Visit.objects.count() == 1


def test_the_key_of_anothers_visit_is_no_key(district: District, spot: Spot, api_for: For) -> None:
    key, other = uuid4(), make_user("替班", district.place)
    make_post(other, Role.WORKER, kind=PostKind.COVER, grid=district.cell(0, 0))
    assert tick(api_for(other), spot, key).status_code == 201
    assert tick(api_for(district.users["worker"]), spot, key).status_code == 409
    assert Visit.objects.get().worker == other


@pytest.mark.parametrize("east_deg", [0.0003, 0.0006, 0.00072, 0.0075])
def test_distance_is_that_of_postgis(
    district: District, spot: Spot, api_for: For, east_deg: float
) -> None:
    lon, lat = from_wgs84(spot.position.x + east_deg, spot.position.y + 1e-4, "gcj02")
    answer = tick(
        api_for(district.users["worker"]), spot, lon=lon, lat=lat, datum="gcj02", note="门锁着"
    )
    visit = Visit.objects.get()
    measured = Spot.objects.annotate(
        metres=Distance("position", visit.position, spheroid=True)
    ).get()
    assert answer.json()["distance_m"] == pytest.approx(measured.metres.m, abs=0.06)
    assert answer.json()["is_here"] is (measured.metres.m <= 60)


def test_away_one_says_why(district: District, spot: Spot, api_for: For) -> None:
    client, far = api_for(district.users["worker"]), {"lon": spot.position.x + 0.005}
    assert code(tick(client, spot, **far)) == (422, "note", "must_say_why")
    assert code(tick(client, spot, **far, note="  "))[0] == 422
    # An error of kilometres is no proof of being there.
    assert code(tick(client, spot, **far, accuracy_m=5000))[0] == 422
    assert Visit.objects.count() == 0
    told = tick(client, spot, **far, note="门锁着，隔街查看").json()
    assert told["is_here"] is False
    [row] = client.get("/api/v1/patrols/spots").json()["results"]
    assert (row["state"], row["last_is_here"]) == ("ok", False)


def test_the_time_is_the_phones_for_a_week(district: District, spot: Spot, api_for: For) -> None:
    client, now = api_for(district.users["worker"]), timezone.now()
    old = now - timedelta(days=6, hours=23)
    assert datetime.fromisoformat(tick(client, spot, at=old.isoformat()).json()["at"]) == old
    stale = (now - timedelta(days=7, minutes=1)).isoformat()
    assert code(tick(client, spot, at=stale)) == (400, "at", "bad_time")
    ahead = (now + timedelta(minutes=10)).isoformat()
    assert code(tick(client, spot, at=ahead)) == (400, "at", "in_the_future")
    slightly = (now + timedelta(seconds=60)).isoformat()
    assert tick(client, spot, at=slightly).status_code == 201
    assert Visit.objects.filter(at__gt=timezone.now()).count() == 0


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "datum": ({"datum": "utm"}, "datum", "unknown_datum"),
    "swapped": ({"lon": 36.065, "lat": 120.405}, "lon", "swapped"),
    "accuracy": ({"accuracy_m": -1}, "accuracy_m", "out_of_range"),
    "spot": ({"spot": "1"}, "spot", "not_an_integer"),
    "note": ({"note": 5}, "note", "not_text"),
    "unknown": ({"speed": 1}, "speed", "unknown_field"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(district: District, spot: Spot, api_for: For, name: str) -> None:
    changed, field, said = WRONG[name]
    answer = tick(api_for(district.users["worker"]), spot, **changed)
    assert answer.status_code == 400
    assert (field, said) in [(e["field"], e["code"]) for e in answer.json()["errors"]]


@pytest.mark.parametrize("role", [str(role) for role in Role])
def test_only_workers_of_the_grid_record(
    district: District, spot: Spot, api_for: For, role: str
) -> None:
    status = {"worker": 201, "handler": 404}.get(role, 403)
    assert tick(api_for(district.users[role]), spot).status_code == status


def test_who_was_its_worker_then_may_tell_later(
    district: District, spot: Spot, api_for: For
) -> None:
    now, worker = timezone.now(), make_user("前任", district.place)
    ended = now - timedelta(days=1)
    make_post(worker, Role.WORKER, kind=PostKind.DEPUTY, grid=district.cell(0, 0), until=ended)
    before = (ended - timedelta(hours=1)).isoformat()
    assert tick(api_for(worker), spot, at=before).status_code == 201
    assert code(tick(api_for(worker), spot))[0] == 404


def test_history_names_a_worker_to_whoever_answers(
    district: District, spot: Spot, api_for: For
) -> None:
    worker = district.users["worker"]
    now = timezone.now()
    make_visit(spot, worker, now - timedelta(days=2), note="甲")
    make_visit(spot, worker, now - timedelta(days=100), note="乙")
    names = {}
    for role in ("worker", "grid_head", "community", "centre", "leader", "planner"):
        answer = api_for(district.users[role]).get(VISITS, {"spot": spot.pk})
        [row] = answer.json()
        assert row["note"] == "甲"
        names[role] = row["worker"]
    seen = worker.username
    assert names == {
        "worker": seen, "grid_head": seen, "community": seen, "centre": seen,
        "leader": None, "planner": None,
    }  # fmt: skip
    day = f"{now.astimezone(ZONE) - timedelta(days=100):%Y-%m-%d}"
    client = api_for(worker)
    [row] = client.get(VISITS, {"spot": str(spot.pk), "from": day, "to": day}).json()
    assert row["note"] == "乙"
    assert code(client.get(VISITS, {"spot": str(spot.pk), "from": "2020-01-01"}))[1] == "from"
    assert code(client.get(VISITS)) == (400, "spot", "required")
    other = make_district("370298", west=121.4)
    assert api_for(other.users["centre"]).get(VISITS, {"spot": spot.pk}).status_code == 404


def test_dues_by_local_days(district: District) -> None:
    """Every three days, visited on the 10th: due on the 13th, until its last instant."""
    kind = make_type(district, every_days=3)
    spot, worker = make_spot(kind, district.centre(0, 0)), district.users["worker"]
    late = datetime(2026, 11, 10, 23, 59, tzinfo=ZONE)
    make_visit(spot, worker, late)
    make_visit(spot, worker, late - timedelta(days=5))
    states = {}
    for now in (
        datetime(2026, 11, 12, 23, 59, 59, tzinfo=ZONE),
        datetime(2026, 11, 13, 0, 0, tzinfo=ZONE),
        datetime(2026, 11, 13, 23, 59, 59, tzinfo=ZONE),
        datetime(2026, 11, 14, 0, 0, tzinfo=ZONE),
    ):
        [one] = dues(Spot.objects.all(), district.place, now)
        assert one.due_at == datetime(2026, 11, 14, tzinfo=ZONE)
        assert one.due_on.isoformat() == "2026-11-13"
        states[now] = str(one.state)
    assert list(states.values()) == ["ok", "due", "due", "overdue"]
    Spot.objects.update(every_days=30)
    [one] = dues(Spot.objects.all(), district.place, now)
    assert (one.every_days, one.state) == (30, "ok")


def test_without_a_visit_nothing_is_recorded(district: District) -> None:
    made = datetime(2026, 11, 10, 12, tzinfo=ZONE)
    make_spot(make_type(district), district.centre(0, 0), created_at=made)
    [one] = dues(Spot.objects.all(), district.place, made)
    assert (one.state, one.last) == ("never", None)
    assert one.due_at == datetime(2026, 11, 11, tzinfo=ZONE)


def test_the_list_is_of_ones_own_ground_and_filtered(district: District, api_for: For) -> None:
    point, shop = make_type(district, is_patrol_point=True), make_type(district, "沿街商铺")
    here = make_spot(point, district.centre(0, 0))
    there = make_spot(shop, district.centre(3, 2), "小店")
    make_spot(shop, district.centre(0, 0), "关了的店", is_active=False)
    make_visit(there, district.users["worker"], timezone.now())
    listed = "/api/v1/patrols/spots"

    def ids(role: str, **query: Any) -> list[int]:
        told = api_for(district.users[role]).get(listed, query).json()
        assert told["count"] == len(told["results"])
        return [row["id"] for row in told["results"]]

    assert ids("centre") == [here.pk, there.pk]
    assert ids("worker") == ids("community") == [here.pk]
    assert ids("handler") == []
    assert ids("centre", state="never") == [here.pk]
    assert ids("centre", state="ok") == [there.pk]
    assert ids("centre", type=shop.pk) == [there.pk]
    assert ids("centre", grid=district.cell(0, 0).code) == [here.pk]
    assert ids("worker", grid=district.cell(3, 2).code) == []
    lon, lat = district.centre(3, 2)
    assert ids("centre", bbox=f"{lon - 1e-3},{lat - 1e-3},{lon + 1e-3},{lat + 1e-3}") == [there.pk]
    assert code(api_for(district.users["centre"]).get(listed, {"state": "late"}))[0] == 400
    [row] = api_for(district.users["worker"]).get(listed).json()["results"]
    assert (row["type_name"], row["state"], row["radius_m"]) == ("配电房", "never", 50)


def test_the_list_comes_in_pages(district: District, api_for: For) -> None:
    kind = make_type(district)
    made = [make_spot(kind, district.centre(k % 4, k // 4), f"{k} 号") for k in range(7)]
    make_visit(made[3], district.users["worker"], timezone.now())
    client = api_for(district.users["centre"])
    whole = client.get("/api/v1/patrols/spots").json()
    assert (whole["count"], whole["next"], whole["previous"]) == (7, None, None)
    url, found = "/api/v1/patrols/spots?page_size=3", []
    while url:
        page = client.get(url).json()
        found += page["results"]
        url = page["next"]
    assert found == whole["results"]
    assert {row["id"] for row in found} == {spot.pk for spot in made}
    never = client.get("/api/v1/patrols/spots?state=never&page_size=4&page=2").json()
    assert (never["count"], len(never["results"])) == (6, 2)
    for asked, status in (("page=3&page_size=5", 404), ("page_size=0", 400)):
        assert code(client.get(f"/api/v1/patrols/spots?{asked}"))[0] == status
    # Files are whole.
    assert code(client.get("/api/v1/patrols/spots.csv", {"page": 1}))[0] == 400


def test_a_visit_stays_as_it_was_recorded(district: District, spot: Spot) -> None:
    visit = make_visit(spot, district.users["worker"], timezone.now())
    for statement in ("UPDATE patrols_visit SET note = 'x'", "DELETE FROM patrols_visit"):
        with (
            pytest.raises(DatabaseError, match="kept as it was recorded"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    # A correction is another visit, and the latest counts.
    make_visit(spot, district.users["worker"], visit.at + timedelta(minutes=5), note="更正")
    assert spot.visits.count() == 2
