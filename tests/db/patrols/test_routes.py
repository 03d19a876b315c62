"""Routes: an order of places with a rhythm, how far each was walked, and the register's column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from grids.models import User
from patrols.models import RouteStop, Spot, SpotRoute
from tests.db.patrols.test_register import bring_in, file, refused
from tests.factories import District
from tests.spots import make_spot, make_type, make_visit

__all__ = ["file"]

For = Callable[[User], APIClient]
ROUTES = "/api/v1/patrols/routes"
HEADER = "type,name,lon,lat,routes"


def make_route(district: District, name: str = "路线 A", every_days: int = 1) -> SpotRoute:
    return SpotRoute.objects.create(place=district.place, name=name, every_days=every_days)


@pytest.fixture
def walked(district: District) -> tuple[SpotRoute, list[Spot]]:
    """Three spots of a weekly kind on a daily route, in an order of its own."""
    kind, route = make_type(district), make_route(district)
    spots = [make_spot(kind, district.centre(0, 0), f"{n} 号") for n in (1, 2, 3)]
    for order, spot in zip((3, 1, 2), spots, strict=True):
        RouteStop.objects.create(route=route, spot=spot, order=order)
    return route, spots


def told(client: APIClient) -> Any:
    [row] = client.get(ROUTES).json()
    return row


def test_progress_is_what_was_recorded_in_the_rhythm(
    district: District, walked: tuple[SpotRoute, list[Spot]], api_for: For
) -> None:
    (_, spots), worker, now = walked, district.users["worker"], timezone.now()
    client = api_for(worker)
    row = told(client)
    assert (row["name"], row["done"], row["total"], row["state"]) == ("路线 A", 0, 3, "never")
    assert [stop["name"] for stop in row["stops"]] == ["2 号", "3 号", "1 号"]
    make_visit(spots[0], worker, now)
    make_visit(spots[1], worker, now)
    row = told(client)
    assert (row["done"], row["state"]) == (2, "due")
    make_visit(spots[2], worker, now)
    assert (told(client)["done"], told(client)["state"]) == (3, "ok")


def test_it_is_due_by_its_own_rhythm(
    district: District, walked: tuple[SpotRoute, list[Spot]], api_for: For
) -> None:
    (_, spots), worker, now = walked, district.users["worker"], timezone.now()
    for spot in spots:
        make_visit(spot, worker, now - timedelta(days=2))
    client = api_for(worker)
    assert (told(client)["state"], told(client)["done"]) == ("overdue", 0)
    # The spots themselves are due weekly.
    states = {one["state"] for one in client.get("/api/v1/patrols/spots").json()["results"]}
    assert states == {"ok"}


def test_everybody_sees_the_stops_of_their_own_ground(
    district: District, walked: tuple[SpotRoute, list[Spot]], api_for: For
) -> None:
    route, _ = walked
    far = make_spot(make_type(district, "健身区"), district.centre(3, 2), "远处")
    RouteStop.objects.create(route=route, spot=far, order=4)
    assert told(api_for(district.users["worker"]))["total"] == 3
    assert told(api_for(district.users["centre"]))["total"] == 4
    SpotRoute.objects.update(is_active=False)
    assert api_for(district.users["centre"]).get(ROUTES).json() == []


def test_an_order_holds_one_spot_and_a_route_holds_it_once(
    district: District, walked: tuple[SpotRoute, list[Spot]]
) -> None:
    route, spots = walked
    with pytest.raises(IntegrityError), transaction.atomic():
        RouteStop.objects.create(route=route, spot=spots[0], order=9)
    for order in (0, 1000):
        with pytest.raises(IntegrityError), transaction.atomic():
            RouteStop.objects.filter(spot=spots[0]).update(order=order)


def test_the_register_says_the_route_and_reads_it_again(
    district: District, file: Callable[..., Path], api_for: For
) -> None:
    make_route(district)
    make_route(district, "夜巡", 2)
    lon, lat = district.centre(0, 0)
    rows = (f"配电房,一号,{lon},{lat},路线 A#2；夜巡#1", f"配电房,二号,{lon},{lat},路线 A#1")
    assert "新增 2" in bring_in(file(*rows, header=HEADER))
    stops = RouteStop.objects.order_by("route__name", "order")
    found = list(stops.values_list("route__name", "order", "spot__name"))
    assert found == [("夜巡", 1, "一号"), ("路线 A", 1, "二号"), ("路线 A", 2, "一号")]
    text = api_for(district.users["centre"]).get("/api/v1/patrols/spots.csv").content
    lines = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert {line["名称"]: line["路线"] for line in lines} == {
        "一号": "夜巡#1；路线 A#2",
        "二号": "路线 A#1",
    }
    path = file("", header="")
    path.write_bytes(text)
    assert "未变 2" in bring_in(path)
    # Without the column, routes stay; two may change places; an empty cell takes it off.
    bare = f"配电房,一号,{lon},{lat}"
    bring_in(file(bare, header="type,name,lon,lat"))
    assert stops.count() == 3
    swapped = (f"配电房,一号,{lon},{lat},路线 A#1", f"配电房,二号,{lon},{lat},路线 A#2")
    assert "更新 2" in bring_in(file(*swapped, header=HEADER))
    bring_in(file(f"配电房,一号,{lon},{lat},", header=HEADER))
    assert list(stops.values_list("spot__name", "order")) == [("二号", 2)]


WRONG = {
    "路线 B#1": "没有路线 路线 B",
    "路线 A": "应为 路线名#次序",
    "路线 A#0": "应为 路线名#次序",
    "路线 A#1;路线 A#2": "应为 路线名#次序",
}


@pytest.mark.parametrize("cell", WRONG)
def test_what_is_wrong_is_named_by_its_row(
    district: District, file: Callable[..., Path], cell: str
) -> None:
    make_route(district)
    lon, lat = district.centre(0, 0)
    good = f"配电房,一号,{lon},{lat},路线 A#7"
    said = refused(file(good, f"配电房,二号,{lon},{lat},{cell}", header=HEADER))
    assert f"第 3 行 routes：{WRONG[cell]}" in said


def test_a_place_in_the_order_is_taken_once(district: District, file: Callable[..., Path]) -> None:
    make_route(district)
    lon, lat = district.centre(0, 0)
    row = "配电房,{},{},{},路线 A#1"
    both = [row.format(name, lon, lat) for name in ("一号", "二号")]
    assert "与第 2 行重复" in refused(file(*both, header=HEADER))
    bring_in(file(both[0], header=HEADER))
    with pytest.raises(CommandError):
        bring_in(file(both[1], header=HEADER))
    assert RouteStop.objects.get().spot.name == "一号"
