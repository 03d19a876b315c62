"""Spots and visits as the database holds them, and the desk's pages for them."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from grids.services import editions
from patrols.models import Spot, SpotType
from tests.db.grids.test_constraints import refused
from tests.factories import District, make_user
from tests.spots import make_spot, make_type, make_visit

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def spot(district: District) -> Spot:
    return make_spot(make_type(district), district.centre(0, 0))


BAD_TYPES: dict[str, dict[str, Any]] = {
    "spot_type_name_once": {},
    "spot_type_has_name": {"name": ""},
    "spot_type_rhythm_in_range": {"name": "新", "every_days": 0},
    "spot_type_radius_in_range": {"name": "新", "radius_m": 4},
}


@pytest.mark.parametrize("name", BAD_TYPES)
def test_bad_types_are_refused(district: District, name: str) -> None:
    make_type(district)
    refused(name, lambda: make_type(district, **BAD_TYPES[name]))


BAD_SPOTS: dict[str, dict[str, Any]] = {
    "spot_once": {},
    "spot_has_name": {"name": ""},
    "spot_rhythm_in_range": {"name": "新", "every_days": 367},
}


@pytest.mark.parametrize("name", BAD_SPOTS)
def test_bad_spots_are_refused(district: District, spot: Spot, name: str) -> None:
    refused(name, lambda: make_spot(spot.type, district.centre(1, 1), **BAD_SPOTS[name]))


def test_a_position_off_the_globe_is_refused(spot: Spot) -> None:
    off = Point(120.4, 91, srid=4326)
    refused("spot_position_sound", lambda: Spot.objects.update(position=off))


def test_bad_visits_are_refused(district: District, spot: Spot) -> None:
    worker, key = district.users["worker"], uuid4()
    make_visit(spot, worker, NOW, key=key)
    make_visit(spot, worker, NOW, is_here=False, distance_m=900, note="门锁着")
    wrong: dict[str, dict[str, Any]] = {
        "patrols_visit_key_key": {"key": key},
        "visit_away_says_why": {"is_here": False},
        "visit_distance_in_range": {"distance_m": -1},
        "visit_accuracy_in_range": {"accuracy_m": 10_001},
        "visit_position_sound": {"position": Point(181, 36, srid=4326)},
    }
    for name, changed in wrong.items():
        refused(name, partial(make_visit, spot, worker, NOW, **changed))


def test_what_was_visited_stays(district: District, spot: Spot) -> None:
    make_visit(spot, district.users["worker"], NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        spot.delete()


def test_spots_follow_an_edition(district: District, spot: Spot) -> None:
    assert spot.grid_code == district.cell(0, 0).code
    outside = make_spot(spot.type, (120.39, 36.06), "外面的")
    assert outside.grid_code == ""
    Spot.objects.update(grid_code="370299009009009")
    planner = district.users["planner"]
    editions.publish(edition=district.draft, at=NOW, by=planner, now=NOW)
    assert dict(Spot.objects.values_list("name", "grid_code")) == {
        spot.name: district.cell(0, 0).code,
        "外面的": "",
    }


@pytest.fixture
def root(district: District) -> Client:
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


def test_the_desk_writes_types_and_spots(district: District, root: Client) -> None:
    values = {"place": district.place.pk, "name": "健身区", "every_days": 7, "radius_m": 50}
    added = root.post(reverse("admin:patrols_spottype_add"), {**values, "is_active": "on"})
    assert added.status_code == 302
    kind = SpotType.objects.get()
    lon, lat = district.centre(2, 1)
    told = {"place": district.place.pk, "type": kind.pk, "name": "北区健身点", "is_active": "on"}
    told["position"] = f'{{"type": "Point", "coordinates": [{lon}, {lat}]}}'
    page = reverse("admin:patrols_spot_add")
    assert root.post(page, told).status_code == 302
    assert Spot.objects.get().grid_code == district.cell(2, 1).code
    again = root.post(page, told)
    assert "同名同址" in again.content.decode()
    for name in ("spottype", "spot"):
        assert root.get(reverse(f"admin:patrols_{name}_changelist")).status_code == 200
    change = reverse("admin:patrols_spot_change", args=[Spot.objects.get().pk])
    assert root.get(change).status_code == 200
