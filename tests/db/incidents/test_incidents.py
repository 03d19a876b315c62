"""Cases are listed for those who may see them, with their grid in the edition asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from grids.models import User
from incidents.models import Incident, Report
from incidents.services import resnap
from tests.db.incidents.conftest import a_report, send
from tests.factories import CELL, District, make_district

pytestmark = pytest.mark.usefixtures("channels")
INCIDENTS = "/api/v1/incidents"
ApiFor = Callable[[User], APIClient]


@pytest.fixture
def reported(district: District, api: APIClient) -> District:
    """One case in each of three cells: (0, 0), (2, 0), (3, 2), and one nowhere."""
    for column, row in [(0, 0), (2, 0), (3, 2)]:
        lon, lat = district.centre(column, row)
        send(api, a_report(location={"lon": lon, "lat": lat}, category="S0101"))
    send(api, a_report(location={"address": "天涯海角"}, kind="development"))
    return district


def codes(api: APIClient, **asked: Any) -> list[str | None]:
    told = api.get(INCIDENTS, asked)
    assert told.status_code == 200, told.content
    body = told.json()
    assert body["count"] == len(body["features"])
    found = [row["properties"]["grid"] for row in body["features"]]
    return [one and one["code"] for one in found]


def test_each_sees_their_own_ground(reported: District, api: APIClient, api_for: ApiFor) -> None:
    assert api.get(INCIDENTS).status_code == 401
    seen = {role: len(codes(api_for(user))) for role, user in reported.users.items()}
    everything = dict.fromkeys(["admin", "centre", "planner", "leader"], 4)
    assert seen == everything | {
        "subdistrict": 2, "community": 1, "worker": 1, "grid_head": 1, "handler": 0
    }  # fmt: skip
    other = make_district("370298", west=130)
    assert codes(api_for(other.users["centre"])) == []


def test_filters(reported: District, api_for: ApiFor) -> None:
    centre = api_for(reported.users["centre"])
    first, second = reported.cell(0, 0).code, reported.cell(2, 0).code
    assert codes(centre, grid=first) == [first]
    assert codes(centre, region="370299001") == [second, first]
    assert codes(centre, region="370299001002") == [second]
    assert codes(centre, kind="development") == [None]
    assert codes(centre, placed="no") == [None]
    assert len(codes(centre, placed="yes")) == 3
    assert len(codes(centre, category="S0101", state="received")) == 3
    lon, lat = reported.centre(0, 0)
    box = f"{lon - CELL / 3},{lat - CELL / 3},{lon + CELL / 3},{lat + CELL / 3}"
    assert codes(centre, bbox=box) == [first]
    Incident.objects.filter(grid__code=first).update(received_at="2022-11-02T08:00:00+08:00")
    assert codes(centre, to="2022-11-03") == [first]
    assert codes(centre, **{"from": "2022-11-02"}, to="2022-11-02T08:00:00+08:00") == []
    assert len(codes(centre, **{"from": "2022-11-03"})) == 3


@pytest.mark.parametrize(
    "asked",
    [{"from": "yesterday"}, {"to": "2022-13-01"}, {"placed": "maybe"}, {"kind": "x"}, {"x": "1"},
     {"edition": "1999"}, {"bbox": "1,2"}, {"state": "x"}, {"page": "0"}],
)  # fmt: skip
def test_a_bad_question_is_refused(
    reported: District, api_for: ApiFor, asked: dict[str, str]
) -> None:
    told = api_for(reported.users["centre"]).get(INCIDENTS, asked)
    assert told.status_code in {400, 404}
    assert told.json()["errors"][0]["field"] == next(iter(asked))


def test_what_is_told(
    reported: District, api_for: ApiFor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    centre = api_for(reported.users["centre"])
    with django_assert_max_num_queries(8):
        told = centre.get(INCIDENTS, {"page_size": "3"}, headers={"accept-language": "en"}).json()
    assert (told["type"], told["count"], len(told["features"])) == ("FeatureCollection", 4, 3)
    assert told["next"]
    assert told["features"][0]["geometry"] is None
    row = told["features"][1]
    assert row["geometry"]["coordinates"] == pytest.approx(list(reported.centre(3, 2)))
    properties = row["properties"]
    assert properties["category"] == {"code": "S0101", "name": "Broken road"}
    assert properties["edition"] == "2022"
    assert properties["community"]["code"] == "370299002001"


def test_another_edition_tells_its_own_grids(reported: District, api_for: ApiFor) -> None:
    centre = api_for(reported.users["centre"])
    assert set(codes(centre, edition="2021")) == {None}

    resnap.attribute(reported.old, list(Report.objects.values_list("pk", flat=True)))
    told = codes(centre, edition="2021")
    assert len([code for code in told if code]) == 3
    assert {code for code in told if code} <= set(reported.old_grids)
    first = told[2]
    assert codes(centre, edition="2021", grid=first) == [first]
    assert codes(centre, edition="2021", placed="no") == [None]


def test_categories_are_for_anybody_in_their_language(
    district: District, api: APIClient, settings: Any
) -> None:
    settings.PUBLIC_READS = False
    told = api.get("/api/v1/categories").json()
    assert {"code": "S0101", "name": "道路破损", "kind": "livelihood"} in told
    assert "OLD" not in {row["code"] for row in told}
    told = api.get("/api/v1/categories", headers={"accept-language": "en"}).json()
    assert "Broken road" in {row["name"] for row in told}
