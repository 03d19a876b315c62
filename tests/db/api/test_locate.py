"""`/api/v1/locate` answers as the contract says."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from gis.kernel.datum import Datum, from_wgs84
from grids.choices import EditionState
from grids.models import Edition, User
from tests.factories import CELL, SOUTH, WEST, District, make_district

LOCATE = "/api/v1/locate"
PUBLIC = {
    "edition",
    "grid",
    "community",
    "subdistrict",
    "method",
    "border_distance_m",
    "provisional",
    "candidates",
}
INSIDE = (WEST + CELL / 2, SOUTH + CELL / 2)
CORNER = (round(WEST + CELL, 6), round(SOUTH + CELL, 6))


def ask(api: APIClient, lon: float, lat: float, **more: Any) -> Any:
    return api.get(LOCATE, {"lon": lon, "lat": lat, "datum": "wgs84", **more})


def test_a_point_inside(district: District, api: APIClient) -> None:
    told = ask(api, *INSIDE).json()
    grid = district.cell(0, 0)
    assert grid.region
    assert told == {
        "edition": "2022",
        "grid": {"code": grid.code, "name": grid.name},
        "community": {"code": grid.region.code, "name": grid.region.name},
        "subdistrict": {"code": "370299001", "name": "001街道"},
        "method": "inside",
        "border_distance_m": pytest.approx(450, abs=10),
        "provisional": False,
        "candidates": [],
    }


def test_a_corner_goes_to_the_lowest_code(district: District, api: APIClient) -> None:
    told = ask(api, *CORNER).json()
    cells = [district.cell(column, row).code for column in (0, 1) for row in (0, 1)]
    assert told["grid"]["code"] == min(cells)
    assert (told["method"], told["border_distance_m"]) == ("border", 0.0)


def test_just_outside_takes_the_nearest_within_the_tolerance(
    district: District, api: APIClient
) -> None:
    assert district.place.snap_tolerance_m == 30
    near = ask(api, WEST - 0.0002, INSIDE[1]).json()  # 18 m
    assert (near["method"], near["grid"]["code"]) == ("nearest", district.cell(0, 0).code)
    far = ask(api, WEST - 0.0005, INSIDE[1]).json()  # 45 m
    assert (far["method"], far["grid"], far["community"]) == ("outside", None, None)
    assert far["border_distance_m"] == pytest.approx(45, abs=1)


def test_an_accuracy_circle_across_borders_tells_candidates(
    district: District, api: APIClient
) -> None:
    told = ask(api, CORNER[0] - 1e-5, CORNER[1] - 1e-5, accuracy_m=100).json()
    shares = [candidate["share"] for candidate in told["candidates"]]
    assert told["provisional"] is True
    assert len(shares) == 4
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    assert told["candidates"][0]["grid"]["code"] == district.cell(0, 0).code


@pytest.mark.parametrize("datum", list(Datum))
def test_a_declared_datum_is_converted(district: District, api: APIClient, datum: Datum) -> None:
    lon, lat = from_wgs84(WEST + CELL + 0.0005, SOUTH + CELL + 0.0005, datum)
    told = ask(api, lon, lat, datum=datum.value.upper()).json()
    assert told["grid"]["code"] == district.cell(1, 1).code


def test_another_edition_by_name(district: District, api: APIClient) -> None:
    told = ask(api, *INSIDE, edition="2021").json()
    assert told["edition"] == "2021"
    assert told["grid"]["code"] in district.old_grids


def test_who_answers_and_the_position_are_for_those_who_signed_in(
    district: District, api: APIClient, api_for: Callable[[User], APIClient]
) -> None:
    assert ask(api, *INSIDE).json().keys() == PUBLIC
    told = ask(api_for(district.users["leader"]), *INSIDE).json()
    assert told.keys() == PUBLIC | {"answers", "position"}
    assert told["position"] == {"lon": INSIDE[0], "lat": INSIDE[1]}
    assert told["answers"] == {"name": "网格员甲", "role": "worker", "why": "本网格的网格员"}


def test_the_reason_comes_in_the_language_asked_for(
    district: District, api_for: Callable[[User], APIClient]
) -> None:
    told = api_for(district.users["leader"]).get(
        LOCATE,
        {"lon": str(INSIDE[0]), "lat": str(INSIDE[1]), "datum": "wgs84"},
        headers={"accept-language": "en"},
    )
    assert told.json()["answers"]["why"] == "The worker of this grid"


def test_drafts_are_not_for_the_public(
    district: District, api: APIClient, api_for: Callable[[User], APIClient]
) -> None:
    assert ask(api, *INSIDE, edition="2027").status_code == 404
    assert ask(api_for(district.users["planner"]), *INSIDE, edition="2027").status_code == 200


def test_the_edition_in_force_is_asked_for_each_time(district: District, api: APIClient) -> None:
    assert ask(api, *INSIDE).json()["edition"] == "2022"
    Edition.objects.filter(pk=district.now.pk).update(state=EditionState.SUPERSEDED)
    Edition.objects.filter(pk=district.old.pk).update(state=EditionState.IN_FORCE)
    assert ask(api, *INSIDE).json()["edition"] == "2021"


def test_a_draft_that_changes_is_indexed_anew(
    district: District, api_for: Callable[[User], APIClient]
) -> None:
    planner = api_for(district.users["planner"])
    assert ask(planner, *INSIDE, edition="2027").json()["method"] == "inside"
    district.draft.grids.all().delete()
    told = ask(planner, *INSIDE, edition="2027").json()
    assert (told["method"], told["border_distance_m"]) == ("outside", None)


def test_the_first_place_stays_the_default(district: District, api: APIClient) -> None:
    before = ask(api, *INSIDE).json()
    other = make_district("370298", west=WEST + 1)
    assert ask(api, *INSIDE).json() == before
    told = ask(api, INSIDE[0] + 1, INSIDE[1], place="370298").json()
    assert told["grid"]["code"] == other.cell(0, 0).code


def test_a_default_place_is_configured(district: District, api: APIClient, settings: Any) -> None:
    other = make_district("370298", west=WEST + 1)
    settings.DEFAULT_PLACE = "370298"
    assert ask(api, *INSIDE).json()["method"] == "outside"
    assert ask(api, INSIDE[0] + 1, INSIDE[1]).json()["grid"]["code"] == other.cell(0, 0).code


def test_without_any_place_it_says_so(db: None, api: APIClient) -> None:
    refused = ask(api, *INSIDE)
    assert refused.json()["errors"][0]["code"] == "no_place"


def test_a_list_is_answered_in_order(district: District, api: APIClient) -> None:
    points: list[dict[str, Any]] = [
        {"lon": x, "lat": y, "datum": "wgs84", "edition": edition}
        for column in range(4)
        for row in range(3)
        for edition in ("2022", "2021")
        for x, y in [district.centre(column, row)]
    ]
    told = api.post(LOCATE, points, format="json").json()
    single = [api.get(LOCATE, point).json() for point in points]
    assert told == single
    assert [row["edition"] for row in told[:2]] == ["2022", "2021"]
    assert {row["grid"]["code"] for row in told[::2]} == district.grids.keys()


def test_an_empty_list_has_no_answers(district: District, api: APIClient) -> None:
    assert api.post(LOCATE, [], format="json").json() == []


def test_every_bad_row_of_a_list_is_named(district: District, api: APIClient) -> None:
    good = {"lon": INSIDE[0], "lat": INSIDE[1], "datum": "wgs84"}
    rows = [good, {**good, "lat": "x"}, 7, {**good, "datum": "mars"}, {**good, "edition": "1999"}]
    refused = api.post(LOCATE, rows, format="json")
    assert refused.status_code == 400
    fields = [problem["field"] for problem in refused.json()["errors"]]
    assert fields == ["[1].lat", "[2]", "[3].datum", "[4].edition"]


def test_ten_thousand_points_and_no_more(
    district: District, api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    point: dict[str, Any] = {"lon": INSIDE[0], "lat": INSIDE[1], "datum": "gcj02", "accuracy_m": 10}
    with django_assert_max_num_queries(4):
        told = api.post(LOCATE, [point] * 10_000, format="json").json()
    assert len(told) == 10_000
    assert api.post(LOCATE, [point] * 10_001, format="json").status_code == 400


def test_query_counts(
    district: District,
    api: APIClient,
    api_for: Callable[[User], APIClient],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ask(api, *INSIDE)
    with django_assert_num_queries(3):  # place, edition, names
        ask(api, *INSIDE)
    leader = api_for(district.users["leader"])
    with django_assert_num_queries(5):  # and posts, offices
        ask(leader, *INSIDE)
