"""A step is broken below building 9 of 亚麦山城, and the centre sees it on its grid.

Told through the interface, on the demonstration district as it is: the grid worker's phone gives a
GCJ-02 position, some 430 m from where it is; the case must not lie in the neighbour's grid.
"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pyogrio
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.kernel.datum import from_wgs84
from gis.ledger.models import StreamEvent
from gis.ledger.services.audit import broken_links
from grids.demo.writer import DEMO_PASSWORD, write_district
from grids.models import User
from grids.selectors.audience import audience_of
from incidents.services.tables import load_tables
from tests.demo import PROFILE, demo_district
from tests.pictures import located_picture

GRID, COMMUNITY = "370212005019009", "370212005019"
STEP = (120.41512, 36.07051)  # WGS-84: below building 9


@pytest.fixture
def _laoshan(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    write_district(demo_district(), now=timezone.now())
    load_tables(PROFILE)


def signed_in(username: str) -> APIClient:
    client = APIClient()
    held = client.post(
        "/api/v1/token", {"username": username, "password": DEMO_PASSWORD}, format="json"
    )
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {held.json()['token']}")
    return client


def the_worker_reports() -> dict[str, Any]:
    worker = signed_in("worker")
    assert worker.get("/api/v1/me").json()["grids"][0]["code"] == GRID
    photo = worker.post(
        "/api/v1/photos", {"file": SimpleUploadedFile("step.jpg", located_picture())}
    ).json()["id"]
    lon, lat = from_wgs84(*STEP, "gcj02")
    body = {
        "channel": "worker",
        "kind": "livelihood",
        "category": "B0202",
        "description": "亚麦山城 9 号楼下台阶破损，老人和孩子经过容易绊倒。",
        "location": {"lon": lon, "lat": lat, "datum": "gcj02", "accuracy_m": 8},
        "photos": [photo],
    }
    answer = worker.post(
        "/api/v1/reports", body, format="json", headers={"idempotency-key": str(uuid4())}
    )
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def pins(client: APIClient, folder: Path, grid: str) -> list[dict[str, Any]]:
    """The cases of a grid on the tile of the district's south-west, as the wall draws them."""
    answer = client.get("/tiles/cases/11/1709/803.mvt", {"grid": grid})
    assert answer.status_code == 200
    if not answer.content:
        return []
    file = folder / "tile.mvt"
    file.write_bytes(answer.content)
    meta, _ids, _shapes, columns = pyogrio.raw.read(f"MVT:{file}", layer="cases")
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]


@pytest.mark.usefixtures("_laoshan")
def test_a_broken_step_is_a_pin_in_its_own_grid(tmp_path: Path) -> None:
    answer = the_worker_reports()
    assert answer["state"] == "received"
    assert answer["snap"]["grid"]["code"] == GRID
    assert answer["snap"]["community"]["name"] == "海大麦岛社区"
    assert (answer["snap"]["method"], answer["snap"]["datum"]) == ("inside", "gcj02")

    # The centre is told as it happens, and so is the community; another community is not.
    event = StreamEvent.objects.get()
    assert (event.payload["incident"], event.payload["grid"]) == (answer["incident"], GRID)
    place = User.objects.get(username="centre").place
    for username in ("centre", "subdistrict", "community", "worker"):
        user = User.objects.get(username=username)
        assert place is not None
        heard = audience_of(user, place, at=timezone.now()) & set(event.audience)
        assert heard, username

    # It is on the wall: counted, listed, and a pin of its own where it really is.
    centre = signed_in("centre")
    wall = centre.get("/api/v1/wall").json()
    assert wall["received"]["count"] == 1
    assert wall["grids"] == {GRID: 1}
    newest = wall["newest"][0]
    assert (newest["number"], newest["grid"]["code"]) == (answer["incident"], GRID)
    assert (newest["lon"], newest["lat"]) == pytest.approx(STEP, abs=1e-6)
    assert [pin["number"] for pin in pins(centre, tmp_path, GRID)] == [answer["incident"]]

    # Whoever answers for the ground reads it with its picture; a stranger finds nothing there.
    case = signed_in("community").get(f"/api/v1/incidents/{answer['incident']}").json()
    assert case["community"]["code"] == COMMUNITY
    assert "台阶破损" in case["reports"][0]["description"]
    assert [event["action"] for event in case["events"]] == ["report.received"]
    photo = case["reports"][0]["photos"][0]
    assert centre.get(f"/api/v1/photos/{photo}").status_code == 200
    handler = signed_in("handler")
    assert handler.get(f"/api/v1/incidents/{answer['incident']}").status_code == 404
    assert not list(broken_links())
