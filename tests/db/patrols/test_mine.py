"""What a worker takes along: their own ground, what touches it, and nothing of anybody else's."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from rest_framework.test import APIClient

from grids.choices import Role
from grids.models import Post, User
from tests.factories import WEST, District, make_district, make_post, make_user

For = Callable[[User], APIClient]
PATH = "/api/v1/patrols/mine"


def test_a_worker_is_told_their_grid_and_what_touches_it(district: District, api_for: For) -> None:
    told = api_for(district.users["worker"]).get(PATH).json()
    mine = district.cell(0, 0)
    assert told["worker"] == {"username": "370299-worker", "name": "网格员甲"}
    assert (told["role"], told["edition"], told["attribution"]) == ("worker", "2022", "测试数据")
    [grid] = told["grids"]
    assert (grid["code"], grid["name"]) == (mine.code, mine.name)
    assert grid["geometry"]["type"] == "MultiPolygon"
    ring = grid["geometry"]["coordinates"][0][0]
    assert {tuple(point) for point in ring} == set(mine.geometry[0][0])
    around = {district.cell(*cell).code for cell in [(1, 0), (0, 1), (1, 1)]}
    assert {one["code"] for one in told["neighbours"]} == around
    # One station in the grid, one beside it; the third is two cells away.
    assert [one["code"] for one in told["stations"]] == ["S0", "S1"]
    [lon, lat] = told["stations"][0]["geometry"]["coordinates"]
    assert (lon, lat) == (district.stations[0].position.x, district.stations[0].position.y)


def test_two_grids_are_both_told_and_no_neighbours_of_each_other(
    district: District, api_for: For
) -> None:
    worker = district.users["worker"]
    make_post(worker, Role.WORKER, grid=district.cell(1, 0))
    told = api_for(worker).get(PATH).json()
    mine = {one["code"] for one in told["grids"]}
    assert mine == {district.cell(0, 0).code, district.cell(1, 0).code}
    assert not mine & {one["code"] for one in told["neighbours"]}


def test_a_post_of_an_older_edition_is_the_same_ground_by_its_code(
    district: District, api_for: For
) -> None:
    old = next(iter(district.old_grids.values()))
    worker = make_user("old", district.place)
    make_post(worker, Role.WORKER, grid=old)
    told = api_for(worker).get(PATH).json()
    assert [one["code"] for one in told["grids"]] == [old.code]
    assert told["edition"] == "2022"


def test_whoever_is_no_worker_is_told_so_in_words(district: District, api_for: For) -> None:
    answer = api_for(district.users["grid_head"]).get(PATH)
    assert answer.status_code == 403
    [reason] = answer.json()["errors"]
    assert reason["code"] == "no_grid"
    assert "网格" in reason["message"]
    assert "grid" in reason["message_en"]


def test_a_post_that_has_ended_opens_nothing(district: District, api_for: For) -> None:
    worker = district.users["worker"]
    post = Post.objects.get(user=worker)
    post.during = type(post.during)(post.during.lower, timezone.now() - timedelta(hours=1))
    post.save()
    assert api_for(worker).get(PATH).status_code == 403


def test_another_place_has_its_own(district: District, api_for: For) -> None:
    other = make_district("370298", west=WEST + 1)
    told = api_for(other.users["worker"]).get(PATH).json()
    assert {one["code"][:6] for one in [*told["grids"], *told["neighbours"]]} == {"370298"}
    assert all(one["geometry"]["coordinates"][0] > WEST + 1 for one in told["stations"])


def test_an_unknown_parameter_is_refused(district: District, api_for: For) -> None:
    assert api_for(district.users["worker"]).get(PATH, {"worker": "x"}).status_code == 400
