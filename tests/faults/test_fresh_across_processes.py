"""Every process answers in the edition in force, from the moment another process publishes it."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point

from grids.models import Edition, Grid
from grids.services import editions
from tests.factories import District, square
from tests.streams import database_url, free_port

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)


def get(port: int, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        told: dict[str, object] = json.load(answer)
        return told


@pytest.fixture
def ports(town: District) -> Iterator[list[int]]:
    """Two web processes on the test's database."""
    ports = [free_port(), free_port()]
    environment = {**os.environ, "DATABASE_URL": database_url(), "WANGGE_DEMO": "1"}
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "gis.config.asgi:application", "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    try:
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=15)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            get(port, "/api/v1/editions")
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the web process did not come up")


def test_no_process_answers_in_the_old_edition(town: District, ports: list[int]) -> None:
    lon, lat = town.centre(0, 0)
    asked = f"/api/v1/locate?lon={lon}&lat={lat}&datum=wgs84"
    before = town.cell(0, 0).code
    assert [get(port, asked)["grid"] for port in ports] == [
        {"code": before, "name": town.cell(0, 0).name}
    ] * 2
    draft = Edition.objects.create(place=town.place, name="next")
    Grid.objects.create(
        edition=draft, code="N1", name="新网格", area_m2=12e6,
        geometry=square(120.40, 36.06, 0.04, 0.03), label=Point(120.42, 36.07, srid=4326),
    )  # fmt: skip
    editions.publish(edition=draft, at=NOW - timedelta(days=1), by=None, now=NOW)
    for port in ports:
        told = get(port, asked)
        assert (told["edition"], told["grid"]) == ("next", {"code": "N1", "name": "新网格"})
        assert get(port, f"{asked}&edition=2022")["grid"] == {
            "code": before,
            "name": town.cell(0, 0).name,
        }
