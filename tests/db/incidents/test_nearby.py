"""What is told of cases nearby, and of an address, before a report is sent."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from gis.kernel.datum import Datum, from_wgs84
from grids.models import NamedPlace
from incidents.duplicates import spots
from incidents.models import Category, DuplicateRule, Incident
from tests.db.incidents.conftest import a_report, send
from tests.factories import CELL, SOUTH, WEST, District

pytestmark = pytest.mark.usefixtures("channels")
LON, LAT = WEST + CELL / 2, SOUTH + CELL / 2
NORTH_M = 1 / 110_963.0  # a metre northward at this latitude, in degrees


def a_case(
    district: District, metres: float, days: float = 1.0, category: str = "S0101", **more: Any
) -> Incident:
    now = timezone.now() - timedelta(days=days)
    number = f"T-{Incident.objects.count():06}"
    return Incident.objects.create(
        place=district.place,
        number=number,
        kind=more.pop("kind", "livelihood"),
        category=Category.objects.get(code=category) if category else None,
        position=Point(more.pop("lon", LON), LAT + metres * NORTH_M, srid=4326),
        received_at=now,
        occurred_at=now,
        **more,
    )


def ask(api: APIClient, **more: Any) -> Any:
    return api.get("/api/v1/reports/nearby", {"lon": LON, "lat": LAT, "datum": "wgs84", **more})


def test_an_open_case_nearby_is_told_and_nothing_of_who_sent_it(
    district: District, api: APIClient
) -> None:
    north = {"lon": LON, "lat": LAT + 31 * NORTH_M, "datum": "wgs84"}
    sent = a_report(category="S0101", location=north, reporter={"phone": "13987654321"})
    assert send(api, sent).status_code == 201
    Incident.objects.update(received_at=timezone.now() - timedelta(days=2, hours=3))
    told = ask(api, category="S0101")
    assert told.json() == [
        {
            "category": {"code": "S0101", "name": "道路破损"},
            "kind": "livelihood",
            "distance_m": 30,
            "age_days": 2,
            "state": "received",
            "reports": 1,
        }
    ]
    assert api.get(told.wsgi_request.get_full_path(), headers={"accept-language": "en"}).json()[0][
        "category"
    ] == {"code": "S0101", "name": "Broken road"}


def test_what_is_far_old_or_of_another_class_is_not(district: District, api: APIClient) -> None:
    for metres in (10, -48, 52, 300):
        a_case(district, metres)
    a_case(district, 20, days=31)
    a_case(district, 20, category="")
    a_case(district, 25, kind="enforcement", category="")
    told = [(row["distance_m"], row["category"] is None) for row in ask(api).json()]
    assert told == [(10, False), (20, True), (25, True), (50, False)]
    assert [row["distance_m"] for row in ask(api, category="S0101").json()] == [10, 50]
    assert [row["distance_m"] for row in ask(api, kind="enforcement").json()] == [25]


def test_a_spot_that_very_many_cases_share_is_not_proposed(
    district: District, api: APIClient
) -> None:
    for number in range(spots.LEAST_CASES):
        a_case(district, 5, days=1 if number < 15 else 400)
    a_case(district, 40)
    spots.refresh_default_spots(district.place)
    assert [row["distance_m"] for row in ask(api).json()] == [40]
    Incident.objects.earliest("received_at").delete()
    spots.refresh_default_spots(district.place)
    assert [row["distance_m"] for row in ask(api).json()] == [5] * 10


def test_the_rule_of_a_category_holds_for_residents_too(district: District, api: APIClient) -> None:
    a_case(district, 30)
    a_case(district, 80, category="")
    DuplicateRule.objects.create(place=district.place, category_code="S0101", distance_m=20)
    assert ask(api, category="S0101").json() == ask(api).json() == []
    DuplicateRule.objects.create(place=district.place, distance_m=100)
    assert [row["distance_m"] for row in ask(api).json()] == [80]


def test_a_position_in_another_datum_is_converted(district: District, api: APIClient) -> None:
    a_case(district, 0)
    lon, lat = from_wgs84(LON, LAT, Datum.BD09)
    assert ask(api, lon=lon, lat=lat, datum="bd09").json()[0]["distance_m"] == 0
    assert ask(api, lon=lon, lat=lat).json() == []


def test_the_public_may_ask_where_nothing_else_is_public(
    district: District, api: APIClient, settings: Settings
) -> None:
    settings.PUBLIC_READS = False
    a_case(district, 0)
    assert len(ask(api).json()) == 1
    told = api.get("/api/v1/addresses", {"address": "001001社区"}).json()
    assert "position" not in told
    assert told["matched"]["name"] == "001001社区"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lon": "x"}, "lon"), ({"lat": 91}, "lat"), ({"datum": "mars"}, "datum"),
        ({"datum": ""}, "datum"), ({"kind": "nope"}, "kind"), ({"category": "nope"}, "category"),
        ({"category": "OLD"}, "category"), ({"category": "x" * 500}, "category"),
        ({"radius": 500}, "radius"), ({"accuracy_m": 5}, "accuracy_m"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    district: District, api: APIClient, wrong: dict[str, Any], field: str
) -> None:
    told = ask(api, **wrong)
    assert (told.status_code, told.json()["errors"][0]["field"]) == (400, field)


def test_it_costs_a_few_queries(
    district: District, api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for metres in range(30):
        a_case(district, metres)
    with django_assert_max_num_queries(16):
        assert len(ask(api, category="S0101").json()) == 10


def test_questions_are_counted_by_address(
    district: District, api: APIClient, settings: Settings
) -> None:
    settings.LOOKUPS_PER_MINUTE = 2
    somewhere = f"2001:db8::{uuid4().hex[:4]}:{uuid4().hex[:4]}"
    told = [
        api.get(
            "/api/v1/addresses",
            {"address": "x"},
            headers={"x-forwarded-for": f"10.0.0.{number}"},
            REMOTE_ADDR=somewhere,
        ).status_code
        for number in range(4)
    ]
    assert told == [200, 200, 429, 429]


def test_an_address_is_found_with_how_sure_it_is(district: District, api: APIClient) -> None:
    NamedPlace.objects.create(
        place=district.place, name="东海小学", position=Point(LON, LAT, srid=4326), accuracy_m=40
    )
    told = api.get("/api/v1/addresses", {"address": "东海小学门口"}).json()
    assert told["matched"] == {"name": "东海小学", "kind": "named_place"}
    assert (told["is_sure"], told["grid"]["code"]) == (True, district.cell(0, 0).code)
    assert told["position"] == {"lon": LON, "lat": LAT, "accuracy_m": 40.0}
    unknown = api.get("/api/v1/addresses", {"address": "不知道在哪里"}).json()
    assert unknown == {"matched": None, "certainty": 0.0, "is_sure": False, "grid": None}
    for wrong in ({}, {"address": " "}, {"address": "x" * 201}, {"address": "x", "q": "y"}):
        assert api.get("/api/v1/addresses", wrong).status_code == 400
    assert api.get("/api/v1/addresses", {"address": "x", "place": "no"}).status_code == 404
