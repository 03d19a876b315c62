"""Who sees an alert, who may say that they know, and what is recorded of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from psycopg.types.range import Range
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent, StreamEvent
from gis.ledger.services import audit
from grids.choices import PostKind, Role
from grids.models import Post, User
from patrols.choices import AlertKind, Closing
from patrols.models import Alert
from patrols.services.alerts import derive_alerts
from patrols.services.fixes import write_fixes
from tests.alerts import west_of
from tests.factories import WEST, District, make_district, make_post, make_user
from tests.patrols import columns, make_shift

For = Callable[[User], APIClient]
PATH = "/api/v1/patrols/alerts"


@pytest.fixture
def strayed(district: District) -> District:
    """The worker has been outside for a quarter of an hour, by the clock of the API."""
    now = timezone.now()
    worker = district.users["worker"]
    make_shift(worker, district.place, now - timedelta(hours=1))
    times = [now - timedelta(minutes=at) for at in range(15, -1, -1)]
    points = [(west_of(300)[0] + 1e-6 * k, west_of(300)[1]) for k in range(len(times))]
    write_fixes(columns(worker, times, points), now=now)
    derive_alerts(district.now, now=now)
    Alert.objects.exclude(kind=AlertKind.OUT_OF_GRID).delete()
    return district


def rows(client: APIClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get(PATH, query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def acknowledge(client: APIClient, note: Any = "已电话联系，去社区办事", **more: Any) -> Any:
    [alert] = Alert.objects.all()
    return client.post(f"{PATH}/{alert.pk}/acknowledge", {"note": note}, format="json", **more)


def test_an_alert_is_told_with_what_it_rests_on(strayed: District, api_for: For) -> None:
    [told] = rows(api_for(strayed.users["centre"]))
    alert = Alert.objects.get()
    worker = strayed.users["worker"]
    assert (told["id"], told["kind"], told["worker"]) == (alert.pk, "out_of_grid", worker.username)
    assert (told["name"], told["grid"]) == (str(worker), strayed.cell(0, 0).code)
    assert (told["lon"], told["lat"]) == (alert.point.x, alert.point.y)
    assert told["facts"]["distance_m"] == pytest.approx(300, abs=3)
    assert told["closed_at"] is told["closing"] is told["acknowledged_by"] is None


@pytest.mark.parametrize(
    ("role", "count"),
    [("centre", 1), ("subdistrict", 1), ("community", 1), ("grid_head", 1), ("worker", 1),
     ("leader", None), ("planner", None), ("handler", None), ("admin", None)],
)  # fmt: skip
def test_for_those_who_answer_and_the_worker(
    strayed: District, api_for: For, role: str, count: int | None
) -> None:
    client = api_for(strayed.users[role])
    if count is None:
        assert client.get(PATH).status_code == 403
        assert acknowledge(client).status_code == 404
    else:
        assert len(rows(client)) == count


def test_other_ground_sees_nothing(strayed: District, api_for: For) -> None:
    elsewhere = make_user("elsewhere", strayed.place)
    make_post(elsewhere, Role.SUBDISTRICT, region=strayed.regions["370299002"])
    colleague = make_user("colleague", strayed.place)
    make_post(colleague, Role.WORKER, grid=strayed.cell(1, 0))
    other = make_district("370298", west=WEST + 1)
    boss = make_user("boss", strayed.place, is_superuser=True)
    for viewer in (elsewhere, colleague, other.users["centre"]):
        assert rows(api_for(viewer)) == []
        assert acknowledge(api_for(viewer)).status_code == 404
    assert api_for(boss).get(PATH).status_code == 403, "a superuser is nobody's superior"
    assert Alert.objects.get().acknowledged_at is None


def test_the_ground_is_that_of_when_it_began(strayed: District, api_for: For) -> None:
    """As with tracks: whoever answers for the worker's next ground sees nothing of before."""
    worker = strayed.users["worker"]
    head = strayed.users["grid_head"]
    now = timezone.now()
    Post.objects.filter(user=worker).update(during=Range(now - timedelta(days=9), now))
    make_post(worker, Role.WORKER, grid=strayed.cell(3, 2), since=now)
    later = make_user("later", strayed.place)
    make_post(later, Role.GRID_HEAD, grid=strayed.cell(3, 2))
    assert len(rows(api_for(head))) == 1
    assert rows(api_for(later)) == []


def test_filters_and_pages(strayed: District, api_for: For) -> None:
    client = api_for(strayed.users["centre"])
    now = timezone.now()
    alert = Alert.objects.get()
    Alert.objects.create(
        place=strayed.place, kind=AlertKind.NO_SIGNAL, worker=alert.worker, grid=alert.grid,
        shift=alert.shift, opened_at=now - timedelta(days=3), last_at=now - timedelta(days=3),
        closed_at=now - timedelta(days=2), closing=Closing.HEARD,
    )  # fmt: skip
    assert [one["kind"] for one in rows(client)] == ["out_of_grid", "no_signal"]
    assert [one["kind"] for one in rows(client, state="open")] == ["out_of_grid"]
    assert [one["closing"] for one in rows(client, state="closed")] == ["heard"]
    assert [one["kind"] for one in rows(client, kind="no_signal")] == ["no_signal"]
    assert len(rows(client, worker=alert.worker.username)) == 2
    assert rows(client, worker="nobody") == rows(client, worker="x" * 151) == []
    local = timezone.localtime
    for days, kinds in ((2, ["no_signal"]), (3, ["no_signal"]), (5, [])):
        day = local(now - timedelta(days=days)).date().isoformat()
        assert [one["kind"] for one in rows(client, date=day)] == kinds, days
    paged = client.get(PATH, {"page_size": "1"}).json()
    assert (paged["count"], len(paged["results"])) == (2, 1)
    assert "page=2" in paged["next"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", "half"), ("kind", "lazy"), ("date", "2026-02-30"), ("page", "0"), ("grid", "x")],
)
def test_wrong_questions_are_named(strayed: District, api_for: For, name: str, value: str) -> None:
    answer = api_for(strayed.users["centre"]).get(PATH, {name: value})
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [name]


def test_a_look_is_recorded_as_one_at_a_position(strayed: District, api_for: For) -> None:
    worker, centre = strayed.users["worker"], strayed.users["centre"]
    rows(api_for(worker))
    assert not AuditEvent.objects.filter(action="positions.viewed").exists(), "one's own"
    rows(api_for(centre))
    rows(api_for(centre), state="closed")
    [event] = AuditEvent.objects.filter(action="positions.viewed")
    assert (event.actor_id, event.data) == (centre.pk, {"workers": [worker.pk]})


def test_somebody_knows_and_says_so_once(strayed: District, api_for: For) -> None:
    head, centre = strayed.users["grid_head"], strayed.users["centre"]
    answer = acknowledge(api_for(head))
    assert answer.status_code == 200
    assert set(answer.json()) == {"id", "acknowledged_at"}
    [told] = rows(api_for(centre))
    assert (told["acknowledged_by"], told["note"]) == (str(head), "已电话联系，去社区办事")
    assert told["closed_at"] is None, "it goes on until it is over"
    again = acknowledge(api_for(centre), "我也知道")
    assert again.status_code == 409
    assert str(head) in again.json()["errors"][0]["message"]
    [event] = AuditEvent.objects.filter(action="alert.acknowledged")
    assert event.actor_id == head.pk
    worker = strayed.users["worker"]
    assert event.data == {"alert": told["id"], "kind": "out_of_grid", "worker": worker.pk}
    assert not list(audit.broken_links())


def test_a_retry_under_its_key_is_answered_the_same(strayed: District, api_for: For) -> None:
    client, key = api_for(strayed.users["grid_head"]), {"idempotency-key": str(uuid4())}
    first, second = (acknowledge(client, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert acknowledge(client, "其他", headers=key).status_code == 409


@pytest.mark.parametrize(
    ("note", "code"),
    [("", "required"), ("  ", "required"), (7, "not_text"), ("长" * 501, "too_long")],
)
def test_a_note_must_say_something(strayed: District, api_for: For, note: Any, code: str) -> None:
    answer = acknowledge(api_for(strayed.users["centre"]), note)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("note", code)]
    assert Alert.objects.get().acknowledged_at is None


def test_nobody_answers_for_themselves(strayed: District, api_for: For) -> None:
    worker = strayed.users["worker"]
    assert acknowledge(api_for(worker)).status_code == 403
    make_post(worker, Role.GRID_HEAD, kind=PostKind.DEPUTY, grid=strayed.cell(0, 0))
    assert acknowledge(api_for(worker)).status_code == 403
    answer = api_for(worker).post(f"{PATH}/{10**30}/acknowledge", {"note": "x"}, format="json")
    assert answer.status_code == 404


def test_news_says_that_something_changed_and_nothing_else(strayed: District, api_for: For) -> None:
    acknowledge(api_for(strayed.users["centre"]))
    events = list(StreamEvent.objects.filter(topic="patrol.alerts_changed"))
    assert len(events) == 2
    code = strayed.place.code
    for event in events:
        assert event.payload == {}
        assert set(event.audience) == {
            f"place:{code}", f"region:{code}/{code}001", f"region:{code}/{code}001001",
            f"grid:{code}/{code}001001001",
        }  # fmt: skip


def test_the_phone_is_told_of_its_own(strayed: District, api_for: For) -> None:
    told = api_for(strayed.users["worker"]).get("/api/v1/patrols/mine").json()["alerts"]
    assert [one["kind"] for one in told] == ["out_of_grid"]
    assert told[0]["facts"]["minutes"] == 10
    Alert.objects.update(closed_at=timezone.now(), closing=Closing.BACK)
    assert api_for(strayed.users["worker"]).get("/api/v1/patrols/mine").json()["alerts"] == []
