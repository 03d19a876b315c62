"""What the database refuses of alerts and their rules, and what the administration says of it."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.html import escape

from grids.models import User
from patrols.choices import AlertKind, Closing
from patrols.models import Alert, AlertRule, DutyHours
from tests.alerts import NOW, derive
from tests.factories import District, make_user
from tests.patrols import make_shift


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act()
    found = getattr(getattr(caught.value.__cause__, "diag", None), "constraint_name", None)
    assert found == name


def an_alert(district: District, **more: Any) -> Alert:
    worker = district.users["worker"]
    shift = worker.shifts.first() or make_shift(worker, district.place, NOW - timedelta(hours=2))
    told: dict[str, Any] = {
        "place": district.place, "kind": AlertKind.NO_SIGNAL, "worker": worker,
        "grid": district.cell(0, 0), "shift": shift, "opened_at": NOW, "last_at": NOW, **more,
    }  # fmt: skip
    return Alert.objects.create(**told)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("alert_fits_kind", {"kind": "lazy"}),
        ("alert_fits_kind", {"shift": None}),
        ("alert_fits_kind", {"kind": AlertKind.LATE_START}),
        ("alert_close_is_whole", {"closed_at": NOW}),
        ("alert_close_is_whole", {"closing": Closing.HEARD}),
        ("alert_close_is_whole", {"closed_at": NOW, "closing": "bored"}),
        (
            "alert_close_is_whole",
            {"closed_at": NOW - timedelta(seconds=1), "closing": Closing.HEARD},
        ),
        ("alert_acknowledged_is_whole", {"acknowledged_at": NOW, "note": "x"}),
        ("alert_acknowledged_is_whole", {"note": "x"}),
    ],
)
def test_an_alert_is_whole(district: District, name: str, wrong: dict[str, Any]) -> None:
    an_alert(district, closed_at=NOW, closing=Closing.HEARD)
    refused(name, lambda: an_alert(district, **wrong))


def test_who_knows_says_something(district: District) -> None:
    told = {"acknowledged_at": NOW, "acknowledged_by": district.users["centre"], "note": ""}
    refused("alert_acknowledged_is_whole", lambda: an_alert(district, **told))


def test_one_is_open_of_a_worker_and_kind(district: District) -> None:
    an_alert(district)
    an_alert(district, kind=AlertKind.OUT_OF_GRID)
    an_alert(district, closed_at=NOW, closing=Closing.HEARD)
    refused("alert_one_open", lambda: an_alert(district))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("alert_rule_once", {"kind": AlertKind.NO_SIGNAL, "minutes": 5}),
        ("alert_rule_kind_known", {"kind": "lazy", "minutes": 5}),
        ("alert_rule_minutes_in_range", {"kind": AlertKind.OUT_OF_GRID, "minutes": 0}),
        (
            "alert_rule_metres_fit",
            {"kind": AlertKind.OUT_OF_GRID, "minutes": 5, "metres": 5001},
        ),
        ("alert_rule_metres_fit", {"kind": AlertKind.LATE_START, "minutes": 5, "metres": 1}),
    ],
)
def test_rules_are_in_range(district: District, name: str, wrong: dict[str, Any]) -> None:
    place = district.place
    AlertRule.objects.create(place=place, kind=AlertKind.NO_SIGNAL, minutes=20)
    refused(name, lambda: AlertRule.objects.create(place=place, **wrong))


def test_hours_are_in_order_and_once(district: District) -> None:
    place = district.place
    DutyHours.objects.create(place=place)
    refused("duty_hours_once", lambda: DutyHours.objects.create(place=place))
    late: dict[str, Any] = {"begins": time(18), "ends": time(9), "region_code": "370299001"}
    refused("duty_hours_in_order", lambda: DutyHours.objects.create(place=place, **late))


@pytest.fixture
def desk(district: District) -> Client:
    boss: User = make_user("boss", district.place, is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss)
    derive(district)
    return client


def test_the_rules_are_edited_in_the_administration(district: District, desk: Client) -> None:
    rule = AlertRule.objects.get(kind=AlertKind.OUT_OF_GRID)
    page = f"/admin/patrols/alertrule/{rule.pk}/change/"
    values = {"place": district.place.pk, "kind": rule.kind, "minutes": 7, "metres": 30}
    assert desk.post(page, {**values, "is_active": "on"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.minutes, rule.metres, rule.is_active) == (7, 30, True)
    silent = AlertRule.objects.get(kind=AlertKind.NO_SIGNAL)
    page = f"/admin/patrols/alertrule/{silent.pk}/change/"
    answer = desk.post(page, {**values, "kind": silent.kind})
    assert "其余填 0" in answer.content.decode()


def test_hours_of_a_region_that_is_none_are_refused(district: District, desk: Client) -> None:
    values = {"place": district.place.pk, "begins": "09:00", "ends": "18:00"}
    page = "/admin/patrols/dutyhours/add/"
    told = desk.post(page, {**values, "region_code": "370299009"}).content.decode()
    assert escape("现行区划没有这个街道或社区。") in told
    assert desk.post(page, {**values, "region_code": "370299001"}).status_code == 302
    told = desk.post(page, {**values, "region_code": ""}).content.decode()
    assert "已有上岗时间" in told
