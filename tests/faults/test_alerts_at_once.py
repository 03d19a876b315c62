"""Alerts derived, acknowledged and ended by several processes at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from grids.choices import Role
from grids.models import User
from patrols.choices import ON_SHIFT
from patrols.models import Alert, Shift
from patrols.services.acknowledging import AlreadyKnown, acknowledge_alert
from patrols.services.alerts import derive_alerts
from patrols.services.shifts import end_shift
from tests.factories import District, make_post, make_user
from tests.patrols import make_shift

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each on a thread and connection of its own, begun together; what came of it."""
    gate = threading.Barrier(len(works))
    told: list[Any] = [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait()
            told[number] = work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            told[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def silent_workers(district: District, count: int) -> list[User]:
    people = []
    for number in range(count):
        user = make_user(f"silent-{number}", district.place)
        make_post(user, Role.WORKER, grid=district.cell(number % 4, 1 + number // 4 % 2))
        make_shift(user, district.place, timezone.now() - timedelta(hours=2))
        people.append(user)
    return people


def test_two_derivations_make_each_alert_once(district: District) -> None:
    people = silent_workers(district, 8)
    now = timezone.now()
    told = at_once(*[lambda: derive_alerts(district.now, now=now)] * 4)
    assert sorted(told) == [(0, 0), (0, 0), (0, 0), (8, 0)]
    assert Alert.objects.filter(worker__in=people).count() == 8


def test_of_two_who_know_one_is_told_so(district: District) -> None:
    silent_workers(district, 1)
    now = timezone.now()
    derive_alerts(district.now, now=now)
    alert = Alert.objects.get()
    centre, head = district.users["centre"], make_user("head", district.place)
    make_post(head, Role.SUBDISTRICT, region=district.regions["370299001"])
    told = at_once(
        *(
            lambda by=by: acknowledge_alert(alert_id=alert.pk, note="已联系", by=by, now=now)
            for by in (centre, head)
        )
    )
    assert sorted(type(one).__name__ for one in told) == ["Alert", AlreadyKnown.__name__]


@pytest.mark.parametrize("turn", range(4))
def test_a_shift_that_ends_meanwhile_leaves_no_alert(district: District, turn: int) -> None:
    people = silent_workers(district, 8)
    now = timezone.now()
    told = at_once(
        lambda: derive_alerts(district.now, now=now),
        *(
            lambda shift=shift: end_shift(shift=shift, ended_at=None, now=timezone.now())
            for shift in Shift.objects.filter(worker__in=people)
        ),
        lambda: derive_alerts(district.now, now=now),
    )
    assert not [one for one in told if isinstance(one, Exception)], told
    assert not Shift.objects.filter(ended_at__isnull=True).exists()
    assert not Alert.objects.open().filter(kind__in=ON_SHIFT).exists()
