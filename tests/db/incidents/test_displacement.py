"""A channel that sends another datum than it says is flagged; an honest one never is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from gis.kernel.datum import Datum, from_wgs84
from gis.ledger.models import OutboxMessage
from gis.ledger.services import outbox
from grids.models import Block, NamedPlace, Place, User
from grids.selectors import Position
from incidents.models import Channel, PositionCheck, Report
from incidents.selectors import channels_for
from incidents.services import displacement
from incidents.services.bulk import Arrival, receive_many
from tests.db.incidents.conftest import a_report, send
from tests.factories import SOUTH, WEST, District, make_district, make_user, square

pytestmark = pytest.mark.usefixtures("channels")
ApiFor = Callable[[User], APIClient]
SIDE = 0.012
# As wide as communities are at Laoshan.
NAMES = [f"{one}{two}村" for one in "东南西北" for two in "山海河"]


@pytest.fixture
def villages(district: District) -> District:
    """Twelve villages of about a kilometre, around and on the small district."""
    for number, name in enumerate(NAMES):
        west, south = WEST - 0.03 + SIDE * (number % 4), SOUTH - 0.02 + SIDE * (number // 4)
        Block.objects.create(
            place=district.place, code=f"V{number}", name=name, kind="hamlet", area_m2=1.0,
            geometry=square(west, south, SIDE, SIDE)[0],
        )  # fmt: skip
    return district


def arrivals(channel: Channel, sent_in: Datum, count: int, seed: int) -> list[Arrival]:
    """Reports from all over the villages, off by what a phone is, in `sent_in`."""
    rng, now = np.random.default_rng(seed), timezone.now()
    found = []
    for k in range(count):
        number = int(rng.integers(len(NAMES)))
        lon = WEST - 0.03 + SIDE * (number % 4 + rng.random())
        lat = SOUTH - 0.02 + SIDE * (number // 4 + rng.random())
        lon, lat = lon + rng.normal(0, 2e-4), lat + rng.normal(0, 2e-4)
        x, y = from_wgs84(float(lon), float(lat), sent_in)
        found.append(
            Arrival(
                channel=channel,
                kind="livelihood",
                category=None,
                description="x",
                location=Position(x, y, Datum(channel.datum)),
                occurred_at=now,
                received_at=now,
                # One in ten names somewhere else.
                address=f"{NAMES[number if k % 10 else (number + 5) % 12]}北门",
            )
        )
    return found


def receive(channel: str, sent_in: Datum, *, count: int = 50, seed: int = 0) -> None:
    """Keep them and have them looked into."""
    found = arrivals(Channel.objects.get(code=channel), sent_in, count, seed)
    receive_many(found, place=Place.objects.get(code="370299"))
    displacement.examine(list(Report.objects.values_list("pk", flat=True)))


def told(client: APIClient, code: str) -> dict[str, Any]:
    answer = client.get("/api/v1/channels")
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()
    return next(row for row in rows if row["code"] == code)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("channel", "sent_in"),
    [("resident", Datum.GCJ02), ("resident", Datum.BD09), ("wechat", Datum.WGS84),
     ("hotline", Datum.GCJ02)],
)  # fmt: skip
def test_fifty_reports_give_a_displaced_channel_away(
    villages: District, channel: str, sent_in: Datum, seed: int
) -> None:
    receive(channel, sent_in, seed=seed)
    (found,) = [
        one for one in channels_for(villages.users["centre"]) if one.channel.code == channel
    ]
    assert found.looks
    assert (found.looks.is_displaced, found.looks.like) == (True, sent_in)


@pytest.mark.parametrize("seed", range(6))
def test_an_honest_channel_is_never_flagged(villages: District, seed: int) -> None:
    for channel in ("resident", "wechat", "hotline"):
        receive(channel, Datum(Channel.objects.get(code=channel).datum), seed=seed)
    found = channels_for(villages.users["centre"])
    assert sum(one.checked for one in found) == 150
    assert not [one.channel.code for one in found if one.looks and one.looks.is_displaced]


def test_what_is_told_to_the_centre(villages: District, api_for: ApiFor) -> None:
    receive("resident", Datum.GCJ02)
    centre = api_for(villages.users["centre"])
    row = told(centre, "resident")
    reason = row.pop("reason")
    assert row == {
        "code": "resident", "name": "resident", "datum": "wgs84", "looks_like": "gcj02",
        "share": 1.0, "checked": 50,
    }  # fmt: skip
    assert "50 个声明为 WGS-84" in reason
    assert "GCJ-02" in reason
    assert told(centre, "wechat") == {
        "code": "wechat", "name": "wechat", "datum": "gcj02", "looks_like": None, "share": None,
        "checked": 0, "reason": None,
    }  # fmt: skip
    english = centre.get("/api/v1/channels", headers={"accept-language": "en"}).json()
    assert any("declared as WGS-84" in (one["reason"] or "") for one in english)


def test_nothing_is_corrected(villages: District) -> None:
    receive("resident", Datum.GCJ02)
    assert Channel.objects.get(code="resident").datum == "wgs84"
    assert set(Report.objects.values_list("datum", flat=True)) == {"wgs84"}
    for report in Report.objects.all():
        assert (report.position.x, report.position.y) == (report.lon, report.lat)


def test_who_may_ask(villages: District, api: APIClient, api_for: ApiFor) -> None:
    answers = {
        role: api_for(user).get("/api/v1/channels").status_code
        for role, user in villages.users.items()
    }
    assert {role for role, status in answers.items() if status == 200} == {"admin", "centre"}
    assert set(answers.values()) == {200, 403}
    assert api.get("/api/v1/channels").status_code == 401


def test_another_place_is_judged_by_its_own(villages: District, api_for: ApiFor) -> None:
    receive("resident", Datum.GCJ02)
    other = make_district("370298", west=WEST + 1)
    assert told(api_for(other.users["centre"]), "resident")["checked"] == 0
    root = make_user("root", is_superuser=True, is_staff=True)
    assert told(api_for(root), "resident")["looks_like"] == "gcj02"


def test_once_put_right_the_flag_goes(villages: District) -> None:
    receive("resident", Datum.GCJ02)
    Channel.objects.filter(code="resident").update(datum="gcj02")
    receive("resident", Datum.GCJ02, count=100, seed=1)
    (found,) = [
        one for one in channels_for(villages.users["centre"]) if one.channel.code == "resident"
    ]
    assert found.looks
    assert not found.looks.is_displaced


def test_every_position_over_http_is_promised_a_check(villages: District, api: APIClient) -> None:
    assert send(api, a_report()).status_code == 201
    assert send(api, a_report(location={"address": "东山村"})).status_code == 201
    (message,) = OutboxMessage.objects.all()
    (sent,) = Report.objects.exclude(datum="")
    assert (message.topic, message.payload) == (displacement.TOPIC, {"reports": [sent.pk]})
    assert outbox.relay(now=timezone.now()) == 1
    check = PositionCheck.objects.get()
    assert (check.report, check.place, check.declared) == (sent, villages.place, "wgs84")
    assert check.evidence["wgs84"] == {"offset_m": None, "outside_m": 0.0, "on_ground": True}
    assert check.evidence["gcj02"]["on_ground"] is True
    assert set(check.evidence) == {"wgs84", "cgcs2000", "gcj02", "bd09"}
    # Once more is once.
    assert displacement.examine([sent.pk]) == 0
    assert PositionCheck.objects.count() == 1


def test_the_edge_of_the_place_is_a_witness_too(villages: District, api: APIClient) -> None:
    send(api, a_report(location={"lon": WEST - 0.004, "lat": SOUTH + 0.015, "datum": "wgs84"}))
    send(api, a_report(location={"lon": 180.0, "lat": 0.0, "datum": "wgs84"}))
    assert outbox.relay(now=timezone.now()) == 2
    near, far = PositionCheck.objects.order_by("pk")
    assert near.evidence["wgs84"]["on_ground"] is False
    assert near.evidence["wgs84"]["outside_m"] == pytest.approx(360, abs=5)
    assert (far.looks_like, far.ground) == ("", "")


def test_a_spot_in_the_address_is_measured(villages: District, api: APIClient) -> None:
    lon, lat = villages.centre(1, 1)
    NamedPlace.objects.create(
        place=villages.place, name="亚麦山城", position=villages.cell(1, 1).label, accuracy_m=50
    )
    x, y = from_wgs84(lon, lat, Datum.GCJ02)
    send(
        api, a_report(location={"lon": x, "lat": y, "datum": "wgs84", "address": "亚麦山城 9 号楼"})
    )
    outbox.relay(now=timezone.now())
    check = PositionCheck.objects.get()
    assert (check.ground, check.looks_like) == ("亚麦山城", "gcj02")
    assert check.evidence["gcj02"]["offset_m"] == pytest.approx(0, abs=1)
    assert 350 < check.evidence["wgs84"]["offset_m"] < 600
    assert check.east_m is not None
    assert check.north_m is not None
    assert np.hypot(check.east_m, check.north_m) == pytest.approx(
        check.evidence["wgs84"]["offset_m"], abs=1
    )


def test_two_places_of_one_name_are_no_witness(villages: District, api: APIClient) -> None:
    for column in (0, 3):
        NamedPlace.objects.create(
            place=villages.place, name="幸福花园", position=villages.cell(column, 0).label,
            accuracy_m=50,
        )  # fmt: skip
    location = {"lon": WEST + 0.015, "lat": SOUTH + 0.005, "address": "幸福花园"}
    send(api, a_report(location=location))
    outbox.relay(now=timezone.now())
    assert PositionCheck.objects.get().ground == ""


def test_of_many_at_once_a_sample_is_promised(villages: District) -> None:
    channel = Channel.objects.get(code="worker")
    found = arrivals(channel, Datum.WGS84, 300, 0)
    receive_many(found, place=villages.place)
    (message,) = OutboxMessage.objects.all()
    assert len(message.payload["reports"]) == displacement.SAMPLE
    assert outbox.relay(now=timezone.now()) == 1
    assert PositionCheck.objects.count() == displacement.SAMPLE


def test_the_administration_tells_it(villages: District) -> None:
    receive("resident", Datum.GCJ02)
    desk = Client()
    root = make_user("root", is_superuser=True, is_staff=True)
    desk.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    page = desk.get(reverse("admin:incidents_channel_changelist")).content.decode()
    assert page.count("⚠ gcj02") == 1
    assert "50 个声明为 WGS-84" in page


@pytest.mark.parametrize(
    "wrong",
    [{"declared": "mars"}, {"looks_like": "mars"}, {"east_m": 1.0}, {"north_m": 1.0}, {"again": 1}],
)
def test_what_a_check_may_not_be(villages: District, api: APIClient, wrong: dict[str, Any]) -> None:
    send(api, a_report())
    report = Report.objects.get()
    whole: dict[str, Any] = {
        "report": report, "place": villages.place, "channel": report.channel, "declared": "wgs84",
        "evidence": {},
    }  # fmt: skip
    if wrong.pop("again", None):
        PositionCheck.objects.create(**whole)
    with pytest.raises(DatabaseError), transaction.atomic():
        PositionCheck.objects.create(**{**whole, **wrong})
