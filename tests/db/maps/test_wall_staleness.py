"""Staleness on the wall: of one's own ground, and its figures equal the table that they open."""

import base64
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from grids.models import User
from patrols.selectors.recorded import CELL_M
from patrols.selectors.staleness import CLASS_NAMES
from patrols.services.fixes import write_fixes
from patrols.services.recorded import move_on
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns, make_shift

ApiFor = Callable[[User], APIClient]
PATH = "/api/v1/wall/staleness"


@pytest.fixture
def patrolled(district: District) -> District:
    """A straight walk along the middle of the southern row, an hour ago."""
    began, worker = timezone.now() - timedelta(hours=1), district.users["worker"]
    make_shift(worker, district.place, began)
    points = [(WEST + 1e-4 * k, SOUTH + CELL / 2) for k in range(300)]
    write_fixes(columns(worker, began, points), now=timezone.now(), sender=worker)
    move_on()
    return district


def pixels(told: dict[str, Any]) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(told["image"]))))


def test_the_picture_is_the_ground(patrolled: District, api_for: ApiFor) -> None:
    told = api_for(patrolled.users["centre"]).get(PATH).json()
    cells = pixels(told)
    (west, north), (east, _), (_, south), _ = told["corners"]
    assert west < WEST < WEST + 4 * CELL < east
    assert south < SOUTH < SOUTH + 3 * CELL < north
    # In metres of the plane the corners are as far apart as the cells say.
    assert abs((east - west) * 90_100 - cells.shape[1] * CELL_M) < 40
    rows, _ = np.nonzero(np.isin(cells, [1, 2]))
    middle = (len(cells) - rows.mean()) * CELL_M / 110_960 + south
    assert middle == pytest.approx(SOUTH + CELL / 2, abs=3e-4)
    shares = told["whole"]["shares"]
    assert list(shares) == list(CLASS_NAMES)
    recorded = np.isin(cells, [1, 2]).sum() / (cells > 0).sum()
    assert shares["today"] + shares["1-3"] == pytest.approx(recorded, abs=0.01)


def test_everybody_sees_their_own_ground(patrolled: District, api_for: ApiFor) -> None:
    def told(role: str) -> Any:
        return api_for(patrolled.users[role]).get(PATH).json()

    whole, mine = told("centre"), told("worker")
    assert [one["grid"] for one in mine["grids"]] == [patrolled.cell(0, 0).code]
    assert pixels(mine).size < pixels(whole).size / 8
    assert mine["whole"]["grids"] == 1
    assert {one["code"] for one in told("subdistrict")["subdistricts"]} == {"370299001"}
    nobody = told("handler")
    assert (nobody["grids"], nobody["image"], nobody["subdistricts"]) == ([], None, [])
    assert APIClient().get(PATH).status_code == 401


def test_figures_equal_the_table(patrolled: District, api_for: ApiFor) -> None:
    told = api_for(patrolled.users["centre"]).get(PATH).json()
    client = Client()
    client.force_login(patrolled.users["centre"])
    page = client.get("/staleness/").content.decode()
    assert f'<b id="total">{len(told["grids"])}</b>' in page
    assert page.count('<td class="code">') == 12
    for one in told["subdistricts"]:
        part = client.get("/staleness/", {"region": one["code"]}).content.decode()
        assert f'<b id="total">{one["grids"]}</b>' in part
        assert one["name"] in part
        assert len(re.findall(rf'<td class="code">{one["code"]}', part)) == one["grids"]
    assert client.get("/staleness/", {"at": "2026-11-24"}).status_code == 400
    client.force_login(patrolled.users["handler"])
    assert "您的辖区里没有网格" in client.get("/staleness/").content.decode()
