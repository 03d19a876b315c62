"""Shifts begin and end once, by the phone's clock, for workers alone; nobody sees another's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from psycopg.types.range import Range
from rest_framework.test import APIClient

from grids.choices import Role
from grids.models import Post, User
from patrols.models import LivePosition, Shift
from patrols.services.fixes import write_fixes
from patrols.services.shifts import end_shift, start_shift
from tests.factories import District
from tests.patrols import columns

For = Callable[[User], APIClient]
SHIFTS = "/api/v1/patrols/shifts"


@pytest.fixture
def phone(district: District, api_for: For) -> APIClient:
    return api_for(district.users["worker"])


def ago(**time: float) -> str:
    return (timezone.now() - timedelta(**time)).isoformat()


def start(client: APIClient, key: str | None = None, **body: Any) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(SHIFTS, {"device": "phone", **body}, format="json", headers=headers)


def end(client: APIClient, pk: int, **body: Any) -> Any:
    return client.post(f"{SHIFTS}/{pk}/end", body, format="json")


def refused(answer: Any, status: int) -> list[tuple[str | None, str]]:
    assert answer.status_code == status, answer.content
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


def test_a_shift_keeps_both_times(phone: APIClient, district: District) -> None:
    began = ago(hours=3)
    told = start(phone, started_at=began)
    assert told.status_code == 201
    body = told.json()
    assert datetime.fromisoformat(body["started_at"]) == datetime.fromisoformat(began)
    received = datetime.fromisoformat(body["received_at"])
    assert abs(received - timezone.now()) < timedelta(minutes=1)
    assert (body["device"], body["ended_at"], body["end_received_at"]) == ("phone", None, None)
    assert phone.get(SHIFTS).json() == [body]
    ended = end(phone, body["id"], ended_at=ago(hours=1)).json()
    assert ended["end_received_at"] > ended["ended_at"] > ended["started_at"]
    kept = Shift.objects.get()
    assert (kept.worker, kept.place) == (district.users["worker"], district.place)


def test_without_a_time_it_is_now(phone: APIClient) -> None:
    body = start(phone).json()
    assert body["started_at"] == body["received_at"]
    ended = end(phone, body["id"]).json()
    assert ended["ended_at"] == ended["end_received_at"]


def test_a_second_start_is_refused_until_the_first_ends(phone: APIClient) -> None:
    first = start(phone).json()
    again = start(phone)
    assert refused(again, 409) == [(None, "shift_open")]
    assert str(first["id"]) in again.json()["errors"][0]["message"]
    end(phone, first["id"])
    assert start(phone).status_code == 201


def test_the_same_start_told_again_is_the_same_shift(phone: APIClient) -> None:
    began, key = ago(hours=2), str(uuid4())
    first = start(phone, started_at=began).json()
    end(phone, first["id"])
    assert start(phone, started_at=began).json()["id"] == first["id"]
    keyed = [start(phone, key) for _ in range(3)]
    assert {one.status_code for one in keyed} == {201}
    assert keyed[0].json() == keyed[1].json() == keyed[2].json()
    assert Shift.objects.count() == 2
    assert refused(start(phone, key, device="other"), 409) == [("Idempotency-Key", "key_reused")]
    assert refused(start(phone, "x"), 400) == [("Idempotency-Key", "not_a_uuid")]


def test_a_shift_told_late_does_not_overlap(phone: APIClient) -> None:
    first = start(phone, started_at=ago(hours=5)).json()
    end(phone, first["id"], ended_at=ago(hours=3))
    overlapping = start(phone, started_at=ago(hours=4))
    assert refused(overlapping, 409) == [("started_at", "shift_overlaps")]
    second = start(phone, started_at=ago(hours=2)).json()
    end(phone, second["id"], ended_at=ago(hours=1))
    assert [one["id"] for one in phone.get(SHIFTS).json()] == [second["id"], first["id"]]


def test_ending_again_changes_nothing(phone: APIClient) -> None:
    pk = start(phone, started_at=ago(hours=5)).json()["id"]
    first = end(phone, pk, ended_at=ago(hours=1))
    assert end(phone, pk).content == first.content
    assert end(phone, pk, ended_at=ago(hours=2)).content == first.content


@pytest.mark.parametrize(
    ("hours", "code"), [(24.1, "too_old"), (-0.05, "in_the_future"), (-1e5, "in_the_future")]
)
def test_times_are_of_a_day_at_most(phone: APIClient, hours: float, code: str) -> None:
    assert refused(start(phone, started_at=ago(hours=hours)), 400) == [("started_at", code)]
    pk = start(phone, started_at=ago(hours=23)).json()["id"]
    assert refused(end(phone, pk, ended_at=ago(hours=hours)), 400) == [("ended_at", code)]
    assert refused(end(phone, pk, ended_at=ago(hours=23.5)), 400) == [("ended_at", "before_start")]


def test_a_clock_that_is_a_minute_ahead_is_let_be(phone: APIClient) -> None:
    assert start(phone, started_at=ago(minutes=-1)).status_code == 201


@pytest.mark.parametrize("role", [str(role) for role in Role])
def test_only_a_worker_starts_one(district: District, api_for: For, role: str) -> None:
    answer = start(api_for(district.users[role]))
    if role == "worker":
        assert answer.status_code == 201
    else:
        assert refused(answer, 403) == [(None, "not_a_worker")]
        assert not Shift.objects.exists()


def test_the_post_is_that_of_the_start(district: District, phone: APIClient) -> None:
    left = timezone.now() - timedelta(hours=2)
    posts = Post.objects.filter(user=district.users["worker"])
    posts.update(during=Range(left - timedelta(days=30), left))
    assert refused(start(phone), 403) == [(None, "not_a_worker")]
    assert start(phone, started_at=ago(hours=3)).status_code == 201


def test_anothers_shift_is_not_there(district: District, api_for: For, phone: APIClient) -> None:
    pk = start(phone).json()["id"]
    for role in ("centre", "grid_head", "admin"):
        other = api_for(district.users[role])
        assert end(other, pk).status_code == 404
        assert other.get(SHIFTS).json() == []
    assert end(phone, 2**63).status_code == 404
    assert Shift.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "device"), ({"device": ""}, "device"), ({"device": "  "}, "device"),
     ({"device": 1}, "device"), ({"device": "x" * 41}, "device"), ({"device": None}, "device"),
     ({"device": "a", "started_at": 1700000000}, "started_at"),
     ({"device": "a", "started_at": "2026-11-24T08:00:00"}, "started_at"),
     ({"device": "a", "worker": 1}, "worker"), ([], None)],
)  # fmt: skip
def test_wrong_bodies_are_named(phone: APIClient, body: Any, field: str | None) -> None:
    answer = phone.post(SHIFTS, body, format="json")
    assert field in {one[0] for one in refused(answer, 400)}
    assert not Shift.objects.exists()


def test_the_position_goes_with_the_shift(district: District) -> None:
    now, worker = timezone.now(), district.users["worker"]
    shift = start_shift(worker=worker, device="phone", started_at=None, now=now)
    write_fixes(columns(worker, now, [district.centre(0, 0)]), now=now)
    assert LivePosition.objects.filter(worker=worker, point__isnull=False).exists()
    end_shift(shift=shift, ended_at=None, now=now + timedelta(minutes=1))
    assert not LivePosition.objects.filter(point__isnull=False).exists()
