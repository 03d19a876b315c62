"""The live page: whose frame it gives, and that nobody's position is in it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from grids.choices import Role
from grids.models import User
from patrols.services.fixes import write_fixes
from tests.factories import District, make_post, make_user
from tests.patrols import columns, make_shift


def page(viewer: User, path: str = "/patrols/live/", **headers: str) -> tuple[int, str]:
    client = Client(headers=headers)
    client.force_login(viewer)
    answer = client.get(path)
    return answer.status_code, answer.content.decode()


def config(viewer: User) -> dict[str, Any]:
    status, told = page(viewer)
    assert status == 200
    found = re.search(r'<script id="config" type="application/json">(.*?)</script>', told)
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize(
    ("role", "grids", "whole"),
    [("centre", 12, True), ("subdistrict", 8, False), ("community", 6, False),
     ("grid_head", 1, False)],
)  # fmt: skip
def test_the_ground_that_one_answers_for(
    district: District, role: str, grids: int, whole: bool
) -> None:
    told = config(district.users[role])
    assert (len(told["grids"]), told["whole"]) == (grids, whole)
    worker = district.users["worker"]
    code = district.cell(0, 0).code
    assert told["people"] == {worker.username: {"name": str(worker), "grid": code}}
    assert told["grids"][code]["subdistrict"] == district.place.code + "001"


def test_people_of_other_ground_are_not_named(district: District) -> None:
    stranger = make_user("stranger", district.place)
    make_post(stranger, Role.WORKER, grid=district.cell(3, 2))
    assert "stranger" in config(district.users["centre"])["people"]
    for role in ("subdistrict", "community", "grid_head"):
        assert "stranger" not in page(district.users[role])[1]


def test_no_position_is_in_the_page(district: District) -> None:
    worker = district.users["worker"]
    now = timezone.now()
    make_shift(worker, district.place, now - timedelta(minutes=9))
    write_fixes(columns(worker, now, [(120.404321, 36.064321)]), now=now)
    told = page(district.users["centre"])[1]
    assert "404321" not in told
    assert "064321" not in told


@pytest.mark.parametrize("role", ["worker", "leader", "planner", "handler", "admin"])
def test_whoever_answers_for_nobody_is_told_so(district: District, role: str) -> None:
    status, told = page(district.users[role])
    assert status == 403
    assert "这一页给对网格员负责的人用" in told
    assert ('href="/patrol/"' in told) is (role == "worker")


def test_the_menu_leads_there_who_may_go(district: District) -> None:
    for role in Role:
        told = page(district.users[str(role)], "/coverage/")[1]
        answers = role in {Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY, Role.GRID_HEAD}
        assert ('href="/patrols/live/"' in told) is answers, role
        assert ('href="/patrol/"' in told) is (role == Role.WORKER), role
        assert 'href="/patrols/day/"' in told
    assert "/patrols/live/" not in Client().get("/map/").content.decode()


def test_the_page_takes_the_language(district: District) -> None:
    told = page(district.users["centre"], **{"accept-language": "en"})[1]
    assert "Live patrols" in told
    assert "No position received" in told


def test_an_unknown_parameter_is_told(district: District) -> None:
    status, told = page(district.users["centre"], "/patrols/live/?grid=x")
    assert status == 400
    assert "<code>grid</code>" in told
