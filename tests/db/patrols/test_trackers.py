"""Tracker apps: what they really send is kept, what is dirty is named, each position once."""

import base64
import json
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from grids.models import User
from patrols.models import Fix, FixBatch, Tracker
from patrols.services.trackers import issue_tracker, tracker_of
from tests.factories import District
from tests.patrols import make_shift

OSMAND = "/api/v1/patrols/trackers/osmand"
OWNTRACKS = "/api/v1/patrols/trackers/owntracks"
LON, LAT = 120.405, 36.065


@pytest.fixture
def worker(district: District) -> User:
    user = district.users["worker"]
    make_shift(user, district.place, timezone.now() - timedelta(hours=3))
    return user


@pytest.fixture
def secret(worker: User) -> str:
    return issue_tracker(worker=worker, device="车载 1", by=None, now=timezone.now())


@pytest.fixture
def app() -> APIClient:
    return APIClient(raise_request_exception=False)


def now_s() -> int:
    return int(timezone.now().timestamp()) - 60


def traccar(secret: str, **coords: Any) -> dict[str, Any]:
    """As Traccar Client 9 posts it."""
    at = timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {
        "latitude": LAT, "longitude": LON, "accuracy": 4.7, "speed": 1.31, "speed_accuracy": 0.6,
        "heading": 271.2, "heading_accuracy": 20.3, "altitude": 23.4, "altitude_accuracy": 3.1,
    }  # fmt: skip
    return {
        "location": {
            "event": "motionchange", "is_moving": True, "uuid": "0d0f4b4e-8f9c-4a53",
            "timestamp": at, "age": 112, "odometer": 1042.7, "coords": {**told, **coords},
            "activity": {"type": "walking", "confidence": 100},
            "battery": {"is_charging": False, "level": 0.84}, "extras": {}, "manual": False,
        },
        "device_id": secret,
    }  # fmt: skip


def owntracks(**changed: Any) -> dict[str, Any]:
    """As OwnTracks posts it."""
    told = {
        "_type": "location", "BSSID": "aa:bb:cc:dd:ee:ff", "SSID": "x", "acc": 13, "alt": 41,
        "batt": 67, "bs": 1, "cog": 188, "conn": "m", "created_at": now_s(), "lat": LAT, "lon": LON,
        "m": 2, "t": "u", "tid": "w1", "topic": "owntracks/w/phone", "tst": now_s(), "vac": 3,
        "vel": 5,
    }  # fmt: skip
    return {**told, **changed}


def post(client: APIClient, path: str, body: Any, kind: str = "application/json", **h: str) -> Any:
    octets = body if isinstance(body, str) else json.dumps(body)
    return client.generic("POST", path, octets, content_type=kind, headers=h)


def basic(secret: str, user: str = "worker") -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def fields(answer: Any) -> list[str | None]:
    assert answer.status_code == 400, answer.content
    return [one["field"] for one in answer.json()["errors"]]


@pytest.mark.parametrize("way", ["get", "post", "form"])
@pytest.mark.parametrize("unit", [1, 1000])
def test_osmand_query(app: APIClient, worker: User, secret: str, way: str, unit: int) -> None:
    at = now_s()
    asked = {
        "id": secret, "lat": LAT, "lon": LON, "timestamp": at * unit, "hdop": 1.2, "altitude": 20,
        "speed": 2.5, "bearing": 90.5, "batt": 55.0, "valid": "true",
    }  # fmt: skip
    query = urlencode(asked)
    for _ in range(2):
        if way == "get":
            answer = app.get(f"{OSMAND}?{query}")
        elif way == "post":
            answer = app.generic("POST", f"{OSMAND}?{query}")
        else:
            answer = post(app, OSMAND, query, "application/x-www-form-urlencoded")
        assert answer.status_code == 200, answer.content
    kept = Fix.objects.get()
    assert (kept.worker_id, kept.device, kept.sequence) == (worker.pk, "车载 1", at * 1000)
    assert kept.at.timestamp() == at
    assert (kept.lon, kept.lat) == (LON, LAT)
    told = (kept.accuracy_m, kept.speed_mps, kept.heading_deg, kept.battery)
    assert told == pytest.approx((6.0, 1.286, 90.5, 55.0), abs=1e-3)
    assert [one.duplicates for one in FixBatch.objects.order_by("id")] == [0, 1]


def test_accuracy_is_believed_before_hdop(app: APIClient, worker: User, secret: str) -> None:
    asked: dict[str, str | float] = {
        "deviceid": secret,
        "location": f"{LAT},{LON}",
        "timestamp": now_s(),
    }
    assert app.get(OSMAND, {**asked, "accuracy": 7, "hdop": 9}).status_code == 200
    kept = Fix.objects.get()
    assert (kept.lon, kept.lat, kept.accuracy_m) == (LON, LAT, 7)


def test_traccar_client_json(app: APIClient, worker: User, secret: str) -> None:
    sent = traccar(secret)
    assert [post(app, OSMAND, sent).status_code for _ in range(2)] == [200, 200]
    kept = Fix.objects.get()
    told = (kept.accuracy_m, kept.speed_mps, kept.heading_deg, kept.battery)
    assert told == pytest.approx((4.7, 1.31, 271.2, 84), abs=1e-3)
    assert kept.at.isoformat(timespec="milliseconds")[:23] == sent["location"]["timestamp"][:23]
    assert kept.sequence % 1000 == int(sent["location"]["timestamp"][20:23])


def test_what_a_receiver_does_not_know_is_null(app: APIClient, worker: User, secret: str) -> None:
    unknown = {"accuracy": -1, "speed": -1, "heading": -1}
    assert post(app, OSMAND, traccar(secret, **unknown)).status_code == 200
    kept = Fix.objects.get()
    assert (kept.accuracy_m, kept.speed_mps, kept.heading_deg) == (None, None, None)


def test_owntracks(app: APIClient, worker: User, secret: str) -> None:
    sent = owntracks()
    for _ in range(2):
        answer = post(app, OWNTRACKS, sent, authorization=basic(secret))
        assert (answer.status_code, answer.json()) == (200, [])
    kept = Fix.objects.get()
    assert (kept.device, kept.sequence) == ("车载 1", sent["tst"] * 1000)
    told = (kept.accuracy_m, kept.speed_mps, kept.heading_deg, kept.battery)
    assert told == pytest.approx((13, 5 / 3.6, 188, 67), abs=1e-3)


@pytest.mark.parametrize("kind", ["lwt", "transition", "waypoint", "waypoints", "status", "card"])
def test_other_messages_say_nothing(app: APIClient, worker: User, secret: str, kind: str) -> None:
    answer = post(app, OWNTRACKS, {"_type": kind, "tst": now_s()}, authorization=basic(secret))
    assert (answer.status_code, answer.json()) == (200, [])
    assert not FixBatch.objects.exists()


def test_off_shift_nothing_is_kept(app: APIClient, worker: User, secret: str) -> None:
    early = owntracks(tst=now_s() - 4 * 3600)
    assert post(app, OWNTRACKS, early, authorization=basic(secret)).status_code == 200
    assert not Fix.objects.exists()
    assert FixBatch.objects.get().refused == {"shift_unknown": 1}


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"lat": "91"}, "lat"), ({"lat": "nan"}, "lat"), ({"lat": ""}, "lat"), ({"lon": "x"}, "lon"),
     ({"lon": "1e999"}, "lon"), ({"timestamp": ""}, "timestamp"),
     ({"timestamp": "-5"}, "timestamp"),
     ({"timestamp": "yesterday"}, "timestamp"), ({"timestamp": "1e300"}, "timestamp"),
     ({"timestamp": "2026-11-24 08:00:00"}, "timestamp")],
)  # fmt: skip
def test_a_dirty_query_is_named(
    app: APIClient, worker: User, secret: str, changed: dict[str, str], field: str
) -> None:
    asked = {"id": secret, "lat": str(LAT), "lon": str(LON), "timestamp": str(now_s()), **changed}
    assert fields(app.get(OSMAND, asked)) == [field]
    assert not FixBatch.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"lat": None}, "lat"), ({"lat": True}, "lat"), ({"lon": [1]}, "lon"), ({"lon": 181}, "lon"),
     ({"tst": None}, "tst"), ({"tst": "soon"}, "tst"), ({"tst": 10**17}, "tst"),
     ({"_type": None}, "_type"), ({"_type": 5}, "_type"), ({"_type": "encrypted"}, "_type")],
)  # fmt: skip
def test_a_dirty_message_is_named(
    app: APIClient, worker: User, secret: str, changed: dict[str, Any], field: str
) -> None:
    sent = owntracks(**changed)
    assert fields(post(app, OWNTRACKS, sent, authorization=basic(secret))) == [field]
    assert not FixBatch.objects.exists()


def test_dirty_json_of_traccar_is_named(app: APIClient, worker: User, secret: str) -> None:
    for sent, field in (
        ({"device_id": secret}, "location"),
        ({"device_id": secret, "location": []}, "location"),
        ({"device_id": secret, "location": {}}, "coords"),
        (traccar(secret, latitude="x"), "location.coords.latitude"),
        (traccar(secret, longitude=None), "location.coords.longitude"),
    ):
        assert fields(post(app, OSMAND, sent)) == [field]
    for body in ("{", '{"a":NaN}', '{"a":1,"a":2}'):
        assert post(app, OSMAND, body).status_code == 400
    assert post(app, OSMAND, "[1]").status_code == 401
    assert post(app, OSMAND, "{" + " " * 20_000 + "}").status_code == 413


@pytest.mark.parametrize("wrong", ["", "x", "x" * 5000, "密钥", "' OR 1=1 --"])
def test_a_wrong_secret_opens_nothing(
    app: APIClient, worker: User, secret: str, wrong: str
) -> None:
    place: dict[str, str | float] = {"lat": LAT, "lon": LON, "timestamp": now_s()}
    assert app.get(OSMAND, {"id": wrong, **place}).status_code == 401
    assert post(app, OSMAND, traccar(wrong)).status_code == 401
    answer = post(app, OWNTRACKS, owntracks(), authorization=basic(wrong))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    for header in ("Basic", "Basic !!", "Basic /w==", f"Bearer {secret}"):
        assert post(app, OWNTRACKS, owntracks(), authorization=header).status_code == 401
    assert not FixBatch.objects.exists()


def test_a_secret_ends(worker: User, secret: str) -> None:
    assert tracker_of(secret) is not None
    now = timezone.now()
    second = issue_tracker(worker=worker, device="车载 1", by=None, now=now)
    assert tracker_of(secret) is None
    assert tracker_of(second) is not None
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert tracker_of(second) is None
    assert second not in json.dumps(list(Tracker.objects.values()), default=str)


def test_the_command_issues_and_ends(worker: User) -> None:
    def run(*words: str) -> str:
        out = StringIO()
        call_command("tracker_token", *words, stdout=out, stderr=StringIO())
        return out.getvalue().strip()

    secret = run(worker.username, "phone")
    held = tracker_of(secret)
    assert held is not None
    assert (held.worker, held.device) == (worker, "phone")
    run(worker.username, "phone", "--end")
    assert tracker_of(secret) is None
    told = AuditEvent.objects.filter(chain=f"user:{worker.pk}").order_by("sequence")
    assert [one.action for one in told] == ["tracker.issued", "tracker.ended"]
    assert secret not in json.dumps([one.data for one in told])
    for words in ([worker.username, "phone", "--end"], ["nobody", "x"], [worker.username, " "]):
        with pytest.raises(CommandError):
            run(*words)


def test_only_workers_get_one(district: District) -> None:
    with pytest.raises(CommandError, match="网格员"):
        call_command("tracker_token", district.users["leader"].username, "x")


def test_the_table_holds_one_in_force(worker: User, secret: str) -> None:
    now = timezone.now()
    for device, digest in (("车载 1", "a"), ("", "b")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tracker.objects.create(worker=worker, device=device, digest=digest, issued_at=now)


@pytest.mark.parametrize("way", ["query", "json", "owntracks"])
def test_one_tracker_may_send_so_much(
    app: APIClient, worker: User, secret: str, settings: Settings, way: str
) -> None:
    settings.TRACKER_FIXES_PER_MINUTE = 3
    other = issue_tracker(worker=worker, device=f"other {way}", by=None, now=timezone.now())

    def send(whose: str) -> int:
        if way == "query":
            asked: dict[str, str | float] = {
                "id": whose,
                "lat": LAT,
                "lon": LON,
                "timestamp": now_s(),
            }
            return int(app.get(OSMAND, asked).status_code)
        if way == "json":
            return int(post(app, OSMAND, traccar(whose)).status_code)
        return int(post(app, OWNTRACKS, owntracks(), authorization=basic(whose)).status_code)

    assert [send(secret) for _ in range(5)] == [200, 200, 200, 429, 429]
    assert send(other) == 200, "each has a measure of its own"
