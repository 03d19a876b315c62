"""Every time limit that runs out is told once, as amber and as red, whatever happens meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gis.ledger.models import StreamEvent
from incidents.models import Clock
from incidents.services import deadlines, news
from tests.factories import District
from tests.loop import do, make_case


def told() -> list[tuple[Any, ...]]:
    rows = StreamEvent.objects.filter(topic=news.OVERDUE).order_by("pk")
    return [tuple(row.payload[name] for name in ("incident", "step", "level")) for row in rows]


def test_amber_then_red_each_once(district: District) -> None:
    case = make_case(district)
    clock = Clock.objects.get()
    assert deadlines.sweep(now=clock.amber_at - timedelta(seconds=1)) == 0
    assert deadlines.sweep(now=clock.amber_at) == 1
    assert deadlines.sweep(now=clock.due_at - timedelta(seconds=1)) == 0
    assert deadlines.sweep(now=clock.due_at) == 1
    assert deadlines.sweep(now=clock.due_at + timedelta(days=9)) == 0
    assert told() == [(case.number, "verify", "amber"), (case.number, "verify", "red")]
    event = StreamEvent.objects.filter(topic=news.OVERDUE).first()
    changed = StreamEvent.objects.filter(topic=news.RECEIVED).get()
    assert event is not None
    assert event.audience == changed.audience
    assert event.payload["due_at"] == clock.due_at.isoformat()
    assert event.payload["unit"] is None


def test_what_is_red_at_first_sight_is_not_amber_as_well(district: District) -> None:
    case = make_case(district)
    late = Clock.objects.get().due_at + timedelta(hours=1)
    assert (deadlines.sweep(now=late), deadlines.sweep(now=late)) == (1, 0)
    assert told() == [(case.number, "verify", "red")]


def test_the_units_on_the_case_are_told_too(district: District) -> None:
    case = make_case(district)
    do(district, case.number, "file", "centre")
    do(district, case.number, "dispatch", "centre", unit="department", limit_days=1)
    clock = Clock.objects.get(step="handle", ended_at__isnull=True)
    deadlines.sweep(now=clock.due_at)
    event = StreamEvent.objects.filter(topic=news.OVERDUE, payload__step="handle").get()
    changed = StreamEvent.objects.filter(topic=news.CHANGED).latest("pk")
    assert event.payload["unit"] == "department"
    assert event.audience == changed.audience


def test_what_stands_or_has_ended_is_not_told(district: District) -> None:
    case, other = make_case(district), make_case(district)
    do(district, case.number, "merge", "centre", into=other.number)
    Clock.objects.filter(incident=other).update(ended_at=timezone.now())
    assert deadlines.sweep(now=timezone.now() + timedelta(days=400)) == 0


def test_a_sweep_that_dies_tells_each_once(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = {make_case(district).number for _ in range(5)}
    late = timezone.now() + timedelta(days=30)
    monkeypatch.setattr(deadlines, "BATCH", 2)
    emit, calls = news.overdue, iter(range(100))

    def dies(*args: Any) -> None:
        if next(calls) == 3:
            raise KeyboardInterrupt
        emit(*args)

    monkeypatch.setattr(news, "overdue", dies)
    with pytest.raises(KeyboardInterrupt):
        deadlines.sweep(now=late)
    assert len(told()) == 2
    deadlines.sweep(now=late)
    assert sorted(row[0] for row in told()) == sorted(cases)


@pytest.mark.django_db(transaction=True)
def test_what_another_holds_is_left_for_the_next_round(transactional_db: None) -> None:
    from tests.factories import make_district

    district = make_district()
    held, free = make_case(district), make_case(district)
    late = timezone.now() + timedelta(days=30)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM incidents_incident WHERE id = %s FOR UPDATE", [held.pk])
        assert deadlines.sweep(now=late) == 1
        assert told() == [(free.number, "verify", "red")]
        other.rollback()
    finally:
        other.close()
    assert deadlines.sweep(now=late) == 1
