"""Fixes over HTTP: each kept once, a wrong row refused alone, a wrong body refused by name."""

import json
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from gis.kernel.datum import from_wgs84
from grids.models import User
from patrols.models import Fix, FixBatch, Shift
from tests.factories import District
from tests.patrols import make_shift

For = Callable[[User], APIClient]
FIXES = "/api/v1/patrols/fixes"
HERE = (120.405, 36.065)


@pytest.fixture
def phone(district: District, api_for: For) -> APIClient:
    worker = district.users["worker"]
    make_shift(worker, district.place, timezone.now() - timedelta(hours=3))
    client = api_for(worker)
    client.raise_request_exception = False
    return client


def fix(sequence: int, **changed: Any) -> dict[str, Any]:
    """One of the last hour, by its sequence 10 s apart."""
    at = timezone.now() - timedelta(hours=1) + timedelta(seconds=10 * sequence)
    told = {
        "device": "phone", "sequence": sequence, "time": at.isoformat(),
        "lon": HERE[0] + 1e-5 * sequence, "lat": HERE[1], "datum": "wgs84", "accuracy_m": 6,
    }  # fmt: skip
    return {**told, **changed}


def send(client: APIClient, rows: Any) -> Any:
    answer = client.post(FIXES, rows, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def raw(client: APIClient, body: str | bytes) -> Any:
    octets: Any = body
    return client.generic("POST", FIXES, octets, content_type="application/json")


def test_fixes_are_kept_once(phone: APIClient, district: District) -> None:
    rows = [fix(k) for k in range(60)]
    assert send(phone, rows) == {"stored": 60, "duplicates": 0, "refused": []}
    assert send(phone, [*rows, fix(60), fix(60)]) == {"stored": 1, "duplicates": 61, "refused": []}
    assert Fix.objects.filter(worker=district.users["worker"]).count() == 61


def test_a_fix_is_kept_as_it_was_told(phone: APIClient) -> None:
    lon, lat = from_wgs84(*HERE, "bd09")
    at = timezone.now().replace(microsecond=125_000) - timedelta(minutes=5)
    told = {"lon": lon, "lat": lat, "datum": "bd09", "speed": 1.25, "heading": 270, "battery": 81}
    east = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    send(phone, [fix(1, time=at.timestamp(), **told), fix(2, time=east, accuracy_m=None)])
    first, second = Fix.objects.order_by("sequence")
    assert first.at == second.at == at
    assert (first.lon, first.lat) == pytest.approx(HERE, abs=1e-6)
    assert (first.speed_mps, first.heading_deg, first.battery) == (1.25, 270, 81)
    assert (second.accuracy_m, second.speed_mps) == (None, None)


def test_off_duty_nobody_is_tracked(phone: APIClient, district: District, api_for: For) -> None:
    shift = Shift.objects.get()
    shift.ended_at = shift.end_received_at = timezone.now() - timedelta(minutes=55)
    shift.save()
    told = send(phone, [fix(k) for k in range(60)])
    assert told["stored"] + len(told["refused"]) == 60
    assert told["stored"] == Fix.objects.filter(at__lt=shift.ended_at).count() == 30
    assert {one["reason"] for one in told["refused"]} == {"shift_unknown"}
    assert [one["sequence"] for one in told["refused"]] == list(range(30, 60))
    assert FixBatch.objects.get().refused == {"shift_unknown": 30}
    other = send(api_for(district.users["grid_head"]), [fix(1)])
    assert other["refused"] == [{"sequence": 1, "reason": "shift_unknown", "row": 0}]


def test_the_shift_first_and_then_again(phone: APIClient) -> None:
    Shift.objects.all().delete()
    rows = [fix(k) for k in range(5)]
    assert {one["reason"] for one in send(phone, rows)["refused"]} == {"shift_unknown"}
    began = (timezone.now() - timedelta(hours=2)).isoformat()
    phone.post("/api/v1/patrols/shifts", {"device": "phone", "started_at": began}, format="json")
    assert send(phone, rows)["stored"] == 5


ONES: list[Any] = [None, True, "", [], {}]
DIRTY: list[tuple[dict[str, Any], str]] = [
    *(({"lon": value}, "lon") for value in [*ONES, "120", 181, -180.01]),
    *(({"lat": value}, "lat") for value in [*ONES, "36", 90.01, -91, [36]]),
    *(({"datum": value}, "datum") for value in [*ONES, "mars", 4326, "WGS84"]),
    *(({"sequence": value}, "sequence") for value in [*ONES, "1", 1.5, -1, 2**63]),
    *(({"device": value}, "device") for value in [*ONES, " ", 1, "x" * 41, "a\0b", "a\n", "a "]),
    *(
        ({"time": value}, "time")
        for value in [
            *ONES, "now", "2026-11-24", "2026-11-24T08:00:00", "2026-13-01T00:00:00Z", -1,
            1e300, 1764212345678, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1",
        ]
    ),
    *(({"accuracy_m": value}, "accuracy_m") for value in [*ONES[1:], -1, "6", 1e7]),
    *(({"speed": value}, "speed") for value in [-1, "1", 1e5]),
    *(({"heading": value}, "heading") for value in [-1, 360.5, "n"]),
    *(({"battery": value}, "battery") for value in [-1, 101, "full"]),
    ({"worker": 7}, "worker"),
]  # fmt: skip


def test_a_dirty_row_is_refused_alone(phone: APIClient) -> None:
    rows = [{**fix(k), **changed} for k, (changed, _) in enumerate(DIRTY)]
    good = fix(1000, time=timezone.now().timestamp())
    told = send(phone, [*rows, good])
    assert told["stored"] == 1
    assert [one["row"] for one in told["refused"]] == list(range(len(DIRTY)))
    for (changed, field), row, one in zip(DIRTY, rows, told["refused"], strict=True):
        assert one["reason"] == "invalid", changed
        assert field in one["detail"], (changed, one)
        if field != "sequence":
            assert one["sequence"] == row["sequence"]
    batch = FixBatch.objects.get()
    assert (batch.sent, batch.stored, batch.refused) == (len(DIRTY) + 1, 1, {"invalid": len(DIRTY)})


@pytest.mark.parametrize("name", ["device", "sequence", "time", "lon", "lat", "datum"])
def test_a_row_without_a_field_is_refused(phone: APIClient, name: str) -> None:
    row = fix(5)
    del row[name]
    [one] = send(phone, [row])["refused"]
    assert (one["reason"], one["row"]) == ("invalid", 0)
    assert name in one["detail"]
    assert FixBatch.objects.get().refused == {"invalid": 1}


@pytest.mark.parametrize(
    "row", ["1", "null", "[]", '"x"', "{}", '{"lon":1e999}', "true",
            '{"sequence":[[1]]}', '{"sequence":' + "9" * 400 + "}"],
)  # fmt: skip
def test_what_is_no_row_is_refused_alone(phone: APIClient, row: str) -> None:
    answer = raw(phone, f"[{row}, {json.dumps(fix(1))}]")
    assert answer.status_code == 200, answer.content
    assert answer.json()["stored"] == 1
    assert [one["row"] for one in answer.json()["refused"]] == [0]


@pytest.mark.parametrize(
    ("body", "code"),
    [(r'["\ud800"]', "parse_error"), ("", "parse_error"),
     ("[{", "parse_error"), ("[1,]", "parse_error"), ("{}", "not_a_list"),
     ("null", "not_a_list"), ('"x"', "not_a_list"), ("1", "not_a_list"), ("[NaN]", "parse_error"),
     (b"\xff", "not_utf8"), (b'["\xed\xa0\x80"]', "not_utf8"), ("[] x", "parse_error"),
     ("[" * 100_000, "too_deep"), ("[" + "1," * 10_000 + "1]", "too_many")],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_a_wrong_body_is_refused_by_name(phone: APIClient, body: str | bytes, code: str) -> None:
    answer = raw(phone, body)
    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == [code]
    assert not FixBatch.objects.exists()


def test_a_body_that_is_too_large_is_not_read(phone: APIClient) -> None:
    assert raw(phone, "[" + " " * 4 * 1024 * 1024 + "]").status_code == 413


def test_what_conversion_leads_off_the_world_is_refused(phone: APIClient) -> None:
    told = send(phone, [fix(1, lon=-180, datum="bd09"), fix(2, lat=-90, datum="bd09")])
    assert [one["reason"] for one in told["refused"]] == ["invalid"] * 2


def test_future_and_stale_are_named(phone: APIClient) -> None:
    now = timezone.now()
    late = [fix(1, time=(now + timedelta(minutes=3)).isoformat())]
    old = [fix(2, time=(now - timedelta(days=8)).isoformat()), fix(3, time=0), fix(4, time=2**37)]
    told = send(phone, late + old)["refused"]
    assert [one["reason"] for one in told] == ["in_the_future", "stale", "stale", "in_the_future"]
    # What was not kept says nothing about those days.
    batch = FixBatch.objects.get()
    assert batch.first_at == batch.last_at == batch.received_at


def test_no_rows_are_no_batch(phone: APIClient) -> None:
    assert send(phone, []) == {"stored": 0, "duplicates": 0, "refused": []}
    assert not FixBatch.objects.exists()


def test_ten_thousand_are_taken(phone: APIClient) -> None:
    began = timezone.now() - timedelta(hours=2)
    rows = [fix(k, time=began.timestamp() + k / 2) for k in range(10_000)]
    assert send(phone, rows) == {"stored": 10_000, "duplicates": 0, "refused": []}
    assert Fix.objects.count() == 10_000


def test_nobody_sends_for_another(district: District, api: APIClient) -> None:
    assert api.post(FIXES, [fix(1)], format="json").status_code == 401
    assert not Fix.objects.exists()
