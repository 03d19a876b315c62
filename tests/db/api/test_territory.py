"""Grids, regions, stations, editions and lineage as the contract says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from grids.models import Grid, Lineage, User
from tests.factories import CELL, SOUTH, WEST, District


def read(api: APIClient, path: str, **query: Any) -> Any:
    response = api.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def test_grids_are_a_feature_collection(district: District, api: APIClient) -> None:
    told = read(api, "grids")
    assert (told["type"], told["count"], told["next"]) == ("FeatureCollection", 12, None)
    feature = told["features"][0]
    grid = district.grids[feature["properties"]["code"]]
    assert (feature["type"], feature["id"]) == ("Feature", grid.code)
    assert feature["properties"] == {
        "code": grid.code, "name": grid.name, "kind": "ordinary", "edition": "2022",
        "community": {"code": "370299001001", "name": "001001社区"},
        "subdistrict": {"code": "370299001", "name": "001街道"},
        "area_m2": 1e6, "households": 100, "people": 250,
        "lon": grid.label.x, "lat": grid.label.y,
    }  # fmt: skip


def test_coordinates_keep_every_digit(district: District, api: APIClient) -> None:
    corner = (WEST + 0.1 + 0.2 - 0.3 + 1e-16 * 7, SOUTH + 1 / 3e9)
    ring = [corner, (WEST + CELL, SOUTH), (WEST + CELL / 3, SOUTH + CELL / 7), corner]
    grid = district.draft.grids.order_by("code").first()
    assert grid
    grid.geometry = MultiPolygon(Polygon(ring), srid=4326)
    grid.save()
    api.force_authenticate(district.users["planner"])
    told = read(api, "grids", edition="2027", code=grid.code)["features"][0]["geometry"]
    assert told == {"type": "MultiPolygon", "coordinates": [[[list(point) for point in ring]]]}


def test_editions_are_told_apart(district: District, api: APIClient) -> None:
    assert read(api, "grids", edition="2021")["count"] == 6
    assert read(api, "regions", edition="2021", level="community")["count"] == 3
    assert read(api, "regions", level="subdistrict")["count"] == 2


def test_pages_follow_one_another(district: District, api: APIClient) -> None:
    codes, url = [], "/api/v1/grids?page_size=5"
    while url:
        told = api.get(url).json()
        assert told["count"] == 12
        codes += [feature["id"] for feature in told["features"]]
        url = told["next"]
    assert codes == sorted(district.grids)


def test_a_box_selects(district: District, api: APIClient) -> None:
    inside = f"{WEST + 0.001},{SOUTH + 0.001},{WEST + 0.009},{SOUTH + 0.009}"
    assert [f["id"] for f in read(api, "grids", bbox=inside)["features"]] == [
        district.cell(0, 0).code
    ]
    assert read(api, "stations", bbox=inside)["count"] == 1
    assert read(api, "regions", bbox="10,10,11,11")["count"] == 0


@pytest.mark.parametrize(("region", "count"), [("370299001", 8), ("370299002001", 4), ("x", 0)])
def test_filters(district: District, api: APIClient, region: str, count: int) -> None:
    assert read(api, "grids", region=region)["count"] == count
    code = district.cell(3, 2).code
    assert [f["id"] for f in read(api, "grids", code=code)["features"]] == [code]


def test_stations_with_their_services(district: District, api: APIClient) -> None:
    told = read(api, "stations")
    assert told["count"] == 4
    assert told["features"][0]["geometry"]["type"] == "Point"
    assert told["features"][0]["properties"]["services"][0]["name"] == "矛盾调解"
    assert read(api, "stations", level="grid")["count"] == 1
    assert read(api, "stations", service="nothing")["count"] == 0


def test_editions(district: District, api: APIClient) -> None:
    told = [(row["name"], row["state"], row["grids"]) for row in read(api, "editions")["results"]]
    assert told == [("2022", "in_force", 12), ("2021", "superseded", 6)]


def test_lineage(district: District, api: APIClient) -> None:
    told = read(api, "editions/2022/lineage", **{"from": "2021"})
    assert told == read(api, "editions/2022/lineage")
    assert told["count"] == 12
    row = told["results"][0]
    assert (row["relation"], row["area_share_of_old"]) == ("split", 0.5)
    assert {row["old"]["code"] for row in told["results"]} == district.old_grids.keys()


def test_a_retired_grid_has_no_successor(district: District, api: APIClient) -> None:
    line = Lineage.objects.filter(old__edition=district.old).first()
    assert line
    Lineage.objects.filter(old=line.old).delete()
    Lineage.objects.create(
        old=line.old, new=None, into=district.now, relation="retire", area_share_of_old=1
    )
    told = read(api, "editions/2022/lineage")["results"]
    assert [row["new"] for row in told if row["relation"] == "retire"] == [None]


def test_me(district: District, api_for: Callable[[User], APIClient]) -> None:
    grid = district.cell(0, 0)
    assert read(api_for(district.users["worker"]), "me") == {
        "username": "370299-worker",
        "roles": ["worker"],
        "grids": [{"code": grid.code, "name": grid.name, "lon": grid.label.x, "lat": grid.label.y}],
    }
    assert read(api_for(district.users["leader"]), "me")["grids"] == []


@pytest.mark.parametrize(
    ("path", "count"),
    [("grids", 4), ("regions", 4), ("stations", 4), ("editions", 3), ("editions/2022/lineage", 6)],
)
def test_query_counts_do_not_grow(
    district: District,
    api: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    count: int,
) -> None:
    assert Grid.objects.count() > count
    with django_assert_num_queries(count):
        read(api, path)
