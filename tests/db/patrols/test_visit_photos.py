"""Pictures of a visit: kept once, shown with it, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import Attachment
from gis.ledger.services.sweeping import MARGIN, sweep_attachments
from grids.models import User
from patrols.models import Spot, Visit, VisitPhoto
from tests.db.patrols.test_visits import VISITS, code, tick
from tests.factories import District, make_district
from tests.pictures import located_picture
from tests.spots import make_spot, make_type

For = Callable[[User], APIClient]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def spot(district: District) -> Spot:
    return make_spot(make_type(district), district.centre(0, 0))


def send(client: APIClient) -> str:
    file = SimpleUploadedFile("x.jpg", located_picture(), "image/jpeg")
    return str(client.post("/api/v1/photos", {"file": file}).json()["id"])


def visits(client: APIClient, spot: Spot) -> Any:
    return client.get(VISITS, {"spot": spot.pk}).json()


def test_pictures_come_with_their_visit_once(district: District, spot: Spot, api_for: For) -> None:
    client, key = api_for(district.users["worker"]), uuid4()
    photos = [send(client), send(client)]
    first = tick(client, spot, key, photos=photos)
    assert first.status_code == 201
    assert tick(client, spot, key, photos=photos).json() == first.json()
    [row] = visits(client, spot)
    assert [one["id"] for one in row["photos"]] == photos
    assert VisitPhoto.objects.count() == 2
    told = client.get("/api/v1/patrols/spots").json()["results"][0]
    assert (told["last_photos"], told["last_dwell_s"]) == (2, None)
    jpeg = client.get(f"/api/v1/photos/{photos[0]}").getvalue()
    assert jpeg.startswith(b"\xff\xd8")
    assert b"Exif" not in jpeg
    # What was taken up is not swept away.
    later = timezone.now() + 25 * MARGIN
    assert sweep_attachments(now=later) == 0
    assert Attachment.objects.count() == 2


def test_a_picture_belongs_to_one_visit_and_to_who_sent_it(
    district: District, spot: Spot, api_for: For
) -> None:
    client = api_for(district.users["worker"])
    photo = send(client)
    assert tick(client, spot, photos=[photo]).status_code == 201
    answer = tick(client, spot, photos=[photo])
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "photos")
    theirs = send(api_for(district.users["centre"]))
    answer = tick(client, spot, photos=[theirs])
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "photos[0]")
    assert code(tick(client, spot, photos=[str(uuid4()) for _ in range(5)]))[1:] == (
        "photos",
        "too_many",
    )
    assert Visit.objects.count() == 1


def test_it_is_seen_on_the_ground_of_the_spot(district: District, spot: Spot, api_for: For) -> None:
    client = api_for(district.users["worker"])
    photo = send(client)
    tick(client, spot, photos=[photo])
    away = make_district("370298")
    for role, status in (("centre", 200), ("community", 200), ("handler", 404)):
        answer = api_for(district.users[role]).get(f"/api/v1/photos/{photo}")
        assert answer.status_code == status, role
    assert api_for(away.users["centre"]).get(f"/api/v1/photos/{photo}").status_code == 404


def test_a_look_at_a_day_shows_its_visits(district: District, spot: Spot, api_for: For) -> None:
    worker = district.users["worker"]
    client = api_for(worker)
    photo = send(client)
    tick(client, spot, photos=[photo], note="门已修好")
    answer = api_for(district.users["community"]).get(
        "/api/v1/patrols/tracks", {"worker": worker.username}
    )
    [row] = answer.json()["visits"]
    assert (row["name"], row["is_here"], row["note"]) == (spot.name, True, "门已修好")
    assert [one["id"] for one in row["photos"]] == [photo]


def test_the_phone_says_by_how_much_it_put_its_clock_right(
    district: District, spot: Spot, api_for: For
) -> None:
    client = api_for(district.users["worker"])
    tick(client, spot, clock_offset_s=-10_800)
    assert visits(client, spot)[0]["clock_offset_s"] == -10_800
    for wrong in ("3", 1.5, True, 10**12):
        assert code(tick(client, spot, clock_offset_s=wrong))[1:] == (
            "clock_offset_s",
            "not_an_integer",
        )
