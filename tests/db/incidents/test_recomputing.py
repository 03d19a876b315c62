"""After the calendar was corrected, running clocks are counted anew, when somebody says so."""

from datetime import date, datetime, timedelta

import pytest

from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from incidents.choices import DayKind
from incidents.models import Clock, Holiday, Incident, Note
from incidents.services.recomputing import preview_clocks, recompute_clocks
from incidents.workflow.office import office_of
from tests.factories import District
from tests.loop import do, make_case

pytestmark = pytest.mark.django_db
# A Monday.
NOW = datetime.fromisoformat("2026-11-16T10:00:00+08:00")


def dispatched(district: District) -> Incident:
    case = make_case(district, now=NOW)
    do(district, case.number, "verify", "centre", now=NOW)
    do(district, case.number, "file", "centre", now=NOW)
    do(district, case.number, "dispatch", "centre", now=NOW, unit="department", limit_days=5)
    do(district, case.number, "check_in", "handler", now=NOW)
    return case


def handling(case: Incident) -> Clock:
    return Clock.objects.get(incident=case, step="handle", ended_at=None)


def a_holiday(district: District, day: date) -> None:
    Holiday.objects.create(place=district.place, day=day, kind=DayKind.HOLIDAY)


def test_nothing_moves_by_itself_and_all_of_it_when_asked(district: District) -> None:
    case = dispatched(district)
    before = handling(case)
    a_holiday(district, date(2026, 11, 18))
    assert handling(case).due_at == before.due_at
    moved = preview_clocks(district.place)
    assert [(one.number, one.by) for one in moved] == [(case.number, timedelta(days=1))]
    assert handling(case).due_at == before.due_at
    by = district.users["centre"]
    told = recompute_clocks(place=district.place, by=by, now=NOW, reason="增加一天假")
    assert [one.by for one in told] == [timedelta(days=1)]
    case.refresh_from_db()
    assert handling(case).due_at == before.due_at + timedelta(days=1) == case.due_at
    assert handling(case).amber_at > before.amber_at
    event = AuditEvent.objects.get(action="incident.recomputed")
    assert event.chain == f"incident:{case.number}"
    assert "增加一天假" not in str(event.data)
    assert Note.objects.get(incident=case, sequence=event.sequence).text == "增加一天假"
    assert recompute_clocks(place=district.place, by=by, now=NOW, reason="再") == []
    assert not list(broken_links())


def test_what_was_suspended_and_extended_is_kept(district: District) -> None:
    case = dispatched(district)
    at = [NOW + timedelta(hours=n) for n in (2, 26, 28)]
    do(district, case.number, "suspend", "centre", now=at[0], reason="funds", note="待经费")
    do(district, case.number, "resume", "centre", now=at[1])
    do(district, case.number, "extend", "centre", now=at[2], days=2, note="需要时间")
    assert preview_clocks(district.place) == []
    due_at = handling(case).due_at
    a_holiday(district, date(2026, 11, 19))
    assert [one.by for one in preview_clocks(district.place)] == [timedelta(days=1)]
    office = office_of(district.place)
    calendar = office.calendar
    worked = calendar.between(NOW, at[0]) + calendar.between(at[1], due_at + timedelta(days=1))
    assert worked == 7 * office.day_s


def test_a_holiday_during_a_suspension_moves_nothing(district: District) -> None:
    case = dispatched(district)
    at = [NOW + timedelta(days=1), NOW + timedelta(days=3)]
    do(district, case.number, "suspend", "centre", now=at[0], reason="funds", note="待经费")
    do(district, case.number, "resume", "centre", now=at[1])
    a_holiday(district, date(2026, 11, 18))
    assert preview_clocks(district.place) == []
    assert handling(case).due_at > at[1]


def test_a_clock_that_stands_is_left(district: District) -> None:
    case = dispatched(district)
    do(district, case.number, "suspend", "centre", now=NOW, reason="funds", note="待经费")
    a_holiday(district, date(2026, 11, 18))
    assert preview_clocks(district.place) == []
