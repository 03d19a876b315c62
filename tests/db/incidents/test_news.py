"""A report that comes in is told to exactly those who may see its case."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from gis.ledger.models import StreamEvent
from grids.choices import Role
from grids.models import User
from grids.selectors import audience_of
from incidents.models import Incident, Report
from incidents.services.bulk import receive_many
from tests.db.incidents.conftest import a_report, send
from tests.db.incidents.test_bulk import arrivals
from tests.factories import COLUMNS, ROWS, District, make_district, make_post, make_user

pytestmark = pytest.mark.usefixtures("channels")


@pytest.fixture
def reported(district: District, api: APIClient) -> District:
    """A case in every cell, and one nowhere."""
    for column in range(COLUMNS):
        for row in range(ROWS):
            lon, lat = district.centre(column, row)
            send(api, a_report(location={"lon": lon, "lat": lat}))
    send(api, a_report(location={"address": "天涯海角"}))
    return district


def told(user: User, district: District) -> set[str]:
    """Numbers of the cases that a stream of `user` in this place would tell."""
    keys = audience_of(user, district.place, at=timezone.now())
    return {
        event.payload["incident"]
        for event in StreamEvent.objects.all()
        if keys & set(event.audience)
    }


def seen(user: User, district: District) -> set[str]:
    rows = Incident.objects.for_user(user).filter(place=district.place)
    return set(rows.values_list("number", flat=True))


def test_every_role_is_told_of_what_it_sees(reported: District) -> None:
    for role, user in reported.users.items():
        assert told(user, reported) == seen(user, reported), role
    counts = {role: len(told(user, reported)) for role, user in reported.users.items()}
    assert counts == dict.fromkeys(["admin", "centre", "planner", "leader"], 13) | {
        "subdistrict": 8, "community": 6, "worker": 1, "grid_head": 1, "handler": 0,
    }  # fmt: skip


def test_those_without_a_plain_post_too(reported: District) -> None:
    other = make_district("370298", west=130)
    root, several = make_user("root", is_superuser=True), make_user("several", reported.place)
    make_post(several, Role.COMMUNITY, region=reported.regions["370299001002"])
    make_post(several, Role.WORKER, grid=reported.cell(3, 2))
    former = make_user("former", reported.place)
    make_post(former, Role.CENTRE, unit=reported.units["centre"], until=timezone.now())
    # An area of a former edition may carry the code of another area of today.
    stale = make_user("stale", reported.place)
    make_post(stale, Role.WORKER, grid=next(iter(reported.old_grids.values())))
    nobody = make_user("nobody", reported.place)
    homeless = make_user("homeless")
    make_post(homeless, Role.CENTRE, unit=reported.units["centre"])
    people = [root, several, former, stale, nobody, homeless, *other.users.values()]
    for user in people:
        assert told(user, reported) == seen(user, reported), user.username
        assert told(user, other) & seen(user, reported) == set()
    assert len(told(root, reported)) == 13
    assert len(told(several, reported)) == 3


def test_another_place_with_the_same_codes_is_not_told(reported: District) -> None:
    """Codes of regions and grids are once in an edition only: keys must name the place."""
    keys = {key for event in StreamEvent.objects.all() for key in event.audience}
    assert all(key.split(":")[1].split("/")[0] == "370299" for key in keys)


def isoformat(at: datetime | None) -> str:
    assert at is not None
    return at.isoformat()


def test_what_is_told(district: District, api: APIClient) -> None:
    lon, lat = district.centre(0, 0)
    reporter = {"name": "王小明", "phone": "13987654321"}
    body = a_report(category="S0101", reporter=reporter)
    number = send(api, body).json()["incident"]
    event = StreamEvent.objects.get()
    incident = Incident.objects.get()
    assert (event.topic, event.at) == ("report.received", incident.received_at)
    assert event.payload == {
        "incident": number, "kind": "livelihood", "category": "S0101", "state": "received",
        "grid": "370299001001001", "community": "370299001001", "lon": pytest.approx(lon),
        "lat": pytest.approx(lat), "received_at": incident.received_at.isoformat(),
        "simulated": False, "due_at": isoformat(incident.due_at),
        "amber_at": isoformat(incident.amber_at),
    }  # fmt: skip
    assert set(event.audience) == {
        "place:370299", "region:370299/370299001", "region:370299/370299001001",
        "grid:370299/370299001001001",
    }  # fmt: skip
    stored = json.dumps([event.payload, event.audience], ensure_ascii=False)
    for secret in ("王小明", "13987654321", body["description"], Report.objects.get().number):
        assert secret not in stored


def test_what_nobody_placed_is_told_to_the_place(district: District, api: APIClient) -> None:
    send(api, a_report(location={"address": "天涯海角"}))
    event = StreamEvent.objects.get()
    assert event.audience == ["place:370299"]
    assert [event.payload[name] for name in ("grid", "community", "lon", "lat")] == [None] * 4


def test_a_report_sent_again_or_refused_is_no_news(district: District, api: APIClient) -> None:
    key = "00000000-0000-4000-8000-000000000001"
    first: Any = send(api, a_report(), key)
    assert send(api, a_report(), key).json() == first.json()
    assert send(api, a_report(kind="unknown")).status_code == 400
    assert StreamEvent.objects.count() == 1


def test_what_is_taken_over_is_no_news(district: District) -> None:
    receive_many(arrivals(4), place=district.place)
    assert Report.objects.count() == 4
    assert not StreamEvent.objects.exists()
