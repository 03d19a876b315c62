"""GPX files: tracks are taken, points that cannot be fixes are explained, bombs are not read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from grids.models import User
from patrols.models import Fix, FixBatch
from patrols.trackers.gpx import MOST_POINTS
from tests.factories import District
from tests.patrols import make_shift

GPX = "/api/v1/patrols/gpx"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="Garmin Connect"'
    ' xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
    "<metadata><time>2026-01-01T00:00:00Z</time></metadata>"
)


@pytest.fixture
def phone(district: District, api_for: Callable[[User], APIClient]) -> APIClient:
    worker = district.users["worker"]
    make_shift(worker, district.place, timezone.now() - timedelta(hours=3))
    client = api_for(worker)
    client.raise_request_exception = False
    return client


def at(k: int) -> str:
    began = timezone.now() - timedelta(hours=1)
    return (began + timedelta(seconds=k)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def point(k: int, time: str | None = None, more: str = "", lat: str = "36.065") -> str:
    told = f"<time>{at(k) if time is None else time}</time>" if time != "" else ""
    return f'<trkpt lat="{lat}" lon="120.{405000 + k}"><ele>21.4</ele>{told}{more}</trkpt>'


def track(*points: str) -> str:
    return f"{HEAD}<trk><name>巡查</name><trkseg>{''.join(points)}</trkseg></trk></gpx>"


def send(client: APIClient, text: str | bytes, path: str = GPX) -> Any:
    octets: Any = text
    return client.generic("POST", path, octets, content_type="application/gpx+xml")


def test_a_track_is_kept_once(phone: APIClient) -> None:
    extension = (
        "<hdop>1.4</hdop><extensions><x:TrackPointExtension><x:hr>91</x:hr><x:speed>1.2</x:speed>"
        "<x:course>181</x:course></x:TrackPointExtension></extensions>"
    )
    text = track(*(point(k, more=extension) for k in range(30)))
    waypoint = '<wpt lat="36.1" lon="120.1"><time>2026-01-01T00:00:00Z</time></wpt><trk>'
    text = text.replace("<trk>", waypoint, 1)
    assert send(phone, text).json() == {"stored": 30, "duplicates": 0, "refused": []}
    assert send(phone, text).json()["duplicates"] == 30
    kept = Fix.objects.order_by("sequence").first()
    assert kept is not None
    told = (kept.lon, kept.lat, kept.accuracy_m, kept.speed_mps, kept.heading_deg, kept.battery)
    assert told == pytest.approx((120.405, 36.065, 7, 1.2, 181, None))
    assert (kept.device, kept.sequence) == ("gpx", round(kept.at.timestamp() * 1000))


def test_the_device_is_named(phone: APIClient) -> None:
    assert send(phone, track(point(1)), f"{GPX}?device=watch").json()["stored"] == 1
    assert Fix.objects.get().device == "watch"
    for name in ("x" * 41, "%20x", "a%0Ab"):
        assert send(phone, track(point(1)), f"{GPX}?device={name}").status_code == 400


def test_dirty_points_are_explained(phone: APIClient) -> None:
    text = track(
        point(0), point(1, time=""), point(2, time="gestern"), point(3, lat="91"),
        point(4, lat=""), point(5, time="2026-01-01T00:00:00"),
        point(6, time="2020-01-01T00:00:00Z"),
        point(7).replace("lat=", "lit="),
    )  # fmt: skip
    told = send(phone, text).json()
    assert told["stored"] == 1
    assert [(one["row"], one["reason"]) for one in told["refused"]] == [
        (1, "invalid"), (2, "invalid"), (3, "invalid"), (4, "invalid"), (5, "invalid"),
        (6, "stale"), (7, "invalid"),
    ]  # fmt: skip
    assert "no time" in told["refused"][0]["detail"]
    assert FixBatch.objects.get().refused == {"invalid": 6, "stale": 1}


BOMB = (
    '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<gpx><trk><trkseg><trkpt lat='1' lon='1'><time>&b;</time></trkpt></trkseg></trk></gpx>"
)
FILE = '<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/passwd">]><gpx>&a;</gpx>'


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "<gpx>", "<gpx/>", BOMB, FILE, "<gpx><trk/></gpx>", "\x00", b"\xff\xfe<",
     '<?xml version="1.0" encoding="nonsense"?><gpx/>', "<a>" * 100_000,
     track().replace("gpx", "", 1),
     '<gpx><wpt lat="36" lon="120"/></gpx>', "<gpx/><gpx/>"],
    ids=lambda text: repr(text)[:20],
)  # fmt: skip
def test_what_is_no_track_is_refused(phone: APIClient, text: str | bytes) -> None:
    answer = send(phone, text)
    assert answer.status_code == 400, answer.content
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("file", "not_gpx")
    assert "root:" not in answer.content.decode()
    assert not FixBatch.objects.exists()


def test_bounds(phone: APIClient) -> None:
    many = track(*["<trkpt/>"] * (MOST_POINTS + 1))
    assert send(phone, many).status_code == 400
    assert send(phone, " " * (4 * 1024 * 1024 + 1)).status_code == 413


def form(name: str, *files: str) -> dict[str, Any]:
    sent = [SimpleUploadedFile(f"{k}.gpx", text.encode()) for k, text in enumerate(files)]
    return {name: sent if len(sent) > 1 else sent[0]}


def test_a_form_with_a_file_is_the_file(phone: APIClient, district: District) -> None:
    text = track(*(point(k) for k in range(5)))
    answer = phone.post(f"{GPX}?device=watch", form("file", text), format="multipart")
    assert answer.json() == {"stored": 5, "duplicates": 0, "refused": []}
    # A browser that is signed in has its form read before the API sees it.
    browser = APIClient(enforce_csrf_checks=False)
    browser.force_login(district.users["worker"])
    again = browser.post(f"{GPX}?device=watch", form("file", text), format="multipart")
    assert again.json() == {"stored": 0, "duplicates": 5, "refused": []}
    assert Fix.objects.count() == 5


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (form("track", "x"), 400, "one_file"),
        (form("file", "x", "y"), 400, "one_file"),
        ({"file": "no file"}, 400, "one_file"),
        (form("file", "not a gpx"), 400, "not_gpx"),
        (form("file", "x" * (4 * 1024 * 1024 + 1)), 413, "too_large"),
    ],
)
def test_a_form_that_is_wrong_is_explained(
    phone: APIClient, sent: dict[str, Any], status: int, code: str
) -> None:
    answer = phone.post(GPX, sent, format="multipart")
    assert answer.status_code == status
    assert answer.json()["errors"][0]["code"] == code
    assert not FixBatch.objects.exists()


def test_a_form_that_is_none_is_explained(phone: APIClient) -> None:
    octets: Any = b"--x"
    answer = phone.generic("POST", GPX, octets, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"
