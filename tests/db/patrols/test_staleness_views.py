"""The shares of grids and the cells of a phone: each on its own ground."""

from collections.abc import Callable

import pytest
import shapely
from rest_framework.test import APIClient

from grids.models import User
from patrols.selectors.staleness import CLASS_NAMES
from patrols.services.recorded import move_on
from tests.db.patrols.test_recorded import walk
from tests.factories import District

For = Callable[[User], APIClient]
GRIDS, MINE = "/api/v1/patrols/staleness/grids", "/api/v1/patrols/staleness/mine"


def test_everybody_is_told_the_grids_of_their_own_ground(district: District, api_for: For) -> None:
    def codes(role: str) -> list[str]:
        told = api_for(district.users[role]).get(GRIDS).json()
        for one in told["grids"]:
            assert list(one["shares"]) == list(CLASS_NAMES)
            assert sum(one["shares"].values()) == pytest.approx(1, abs=1e-3)
        return [one["grid"] for one in told["grids"]]

    everything = sorted(district.grids)
    assert codes("centre") == everything
    assert codes("worker") == [district.cell(0, 0).code]
    assert codes("handler") == []
    theirs = codes("subdistrict")
    assert theirs
    assert all(code.startswith(f"{district.place.code}001") for code in theirs)
    assert codes("community") == [code for code in everything if code[6:12] == "001001"]


def test_a_phone_is_told_its_grid_and_those_around(district: District, api_for: For) -> None:
    walk(district, 1, 3)
    move_on()
    told = api_for(district.users["worker"]).get(MINE).json()
    mine, *others = told["grids"]
    assert (mine["grid"], mine["is_mine"]) == (district.cell(0, 0).code, True)
    around = {district.cell(*cell).code for cell in [(1, 0), (0, 1), (1, 1)]}
    assert {one["grid"] for one in others} == around
    assert not any(one["is_mine"] for one in others)
    for one in told["grids"]:
        held = {name for name, share in one["shares"].items() if share > 0}
        assert set(one["ground"]) >= held - {"not_recorded"}
        shapes = [shapely.geometry.shape(ground) for ground in one["ground"].values()]
        there = shapely.from_wkb(bytes(district.grids[one["grid"]].geometry.wkb))
        assert shapely.union_all(shapes).symmetric_difference(there).area < 1e-3 * there.area
    assert api_for(district.users["grid_head"]).get(MINE).status_code == 403
