"""The lists of handling in the admin: versions, trials, holidays, and clocks counted anew."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import DateRange

from gis.ledger.models import AuditEvent
from gis.management.doctor.parts import holidays
from incidents.models import Clock, Holiday, Limit, Responsibility, Rule
from incidents.services.calendars import reach_of
from tests.factories import District
from tests.loop import make_case

pytestmark = pytest.mark.django_db
LISTED = "admin:incidents_{}_changelist"


def act(desk: Client, model: str, action: str, *rows: Any) -> str:
    asked = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(reverse(LISTED.format(model)), asked, follow=True).content.decode()


def test_a_responsibility_is_begun_anew_and_never_edited(district: District, desk: Client) -> None:
    old = Responsibility.objects.create(
        place=district.place, category_code="S0101", lead=district.units["001"], amount=3,
        amount_unit="working_days", valid=DateRange(date(2022, 1, 1), None),
    )  # fmt: skip
    given = {
        "place": district.place.pk, "category_code": "S0101", "amount": 2,
        "lead": district.units["department"].pk, "supporting": [district.units["001"].pk],
        "amount_unit": "working_days", "ruling": "区政府文件", "from_day": "2026-12-01",
    }  # fmt: skip
    answer = desk.post(reverse("admin:incidents_responsibility_add"), given)
    assert answer.status_code == 302, answer.content.decode()
    old.refresh_from_db()
    assert old.valid.upper == date(2026, 12, 1)
    new = Responsibility.objects.exclude(pk=old.pk).get()
    assert [unit.code for unit in new.supporting.all()] == ["office-001"]
    assert AuditEvent.objects.filter(action="responsibility.begun").count() == 1
    address = reverse("admin:incidents_responsibility_change", args=[new.pk])
    assert 'name="category_code"' not in desk.get(address).content.decode()
    assert desk.post(address, {**given, "amount": 99}).status_code == 403
    act(desk, "responsibility", "end_today", old)
    old.refresh_from_db()
    assert old.valid.upper == timezone.localdate()
    assert "不生效" in act(desk, "responsibility", "end_today", old)


def test_a_rule_is_tried_then_switched_on_and_a_change_switches_it_off(
    district: District, desk: Client
) -> None:
    make_case(district, kind="enforcement")
    rule = Rule.objects.create(
        place=district.place, name="执法直派", kind="enforcement", unit=district.units["001"]
    )
    assert "先试算" in act(desk, "rule", "switch_on", rule)
    assert "1 件中命中 1 件" in act(desk, "rule", "try_out", rule)
    act(desk, "rule", "switch_on", rule)
    rule.refresh_from_db()
    assert rule.is_on
    given = {
        "place": district.place.pk, "name": "执法直派", "order": 100, "kind": "livelihood",
        "category_codes": "", "weekdays": "", "area": "", "time_from": "", "time_until": "",
        "unit": rule.unit_id,
    }  # fmt: skip
    address = reverse("admin:incidents_rule_change", args=[rule.pk])
    answer = desk.post(address, given)
    assert answer.status_code == 302, answer.content.decode()
    rule.refresh_from_db()
    assert (rule.kind, rule.is_on) == ("livelihood", False)
    chain = AuditEvent.objects.filter(chain=f"rules:{district.place.code}").order_by("sequence")
    verbs = [event.action for event in chain]
    assert verbs == ["rule.tried", "rule.switched-on", "rule.changed"]


def test_a_limit_is_edited_with_its_audit(district: District, desk: Client) -> None:
    given = {
        "place": district.place.pk, "step": "handle", "kind": "", "category_code": "S0101",
        "amount": 6, "amount_unit": "working_hours",
    }  # fmt: skip
    assert desk.post(reverse("admin:incidents_limit_add"), given).status_code == 302
    row = Limit.objects.get()
    assert AuditEvent.objects.filter(chain=f"limit:{row.pk}", action="limit.added").exists()


def test_a_short_table_of_holidays_is_told(district: District, desk: Client) -> None:
    page = desk.get(reverse(LISTED.format("holiday"))).content.decode()
    assert "只按星期计算" in page
    assert holidays().level == "warn"
    year = timezone.localdate().year + 1
    Holiday.objects.create(place=district.place, day=date(year, 10, 1), kind="holiday")
    page = desk.get(reverse(LISTED.format("holiday"))).content.decode()
    assert "只按星期计算" not in page
    assert holidays().level == "ok"
    case = make_case(district)
    late = timezone.now() + timedelta(days=800)
    Clock.objects.filter(incident=case).update(due_at=late)
    assert reach_of(district.place, timezone.now()).is_short
    assert holidays().level == "warn"


def test_holidays_are_taken_from_the_library(district: District, capsys: Any) -> None:
    for _ in range(2):
        call_command("seed_holidays", place=district.place.code, first=2025)
    days = Holiday.objects.filter(place=district.place)
    assert days.filter(day=date(2025, 10, 1), kind="holiday", name="国庆节").count() == 1
    assert not days.filter(day__lt=date(2025, 1, 1)).exists()
    assert "新增 0 天" in capsys.readouterr().out


def test_clocks_are_counted_anew_after_a_look(district: District, desk: Client) -> None:
    monday = datetime.fromisoformat("2026-11-16T17:00:00+08:00")
    case = make_case(district, now=monday)
    before = Clock.objects.get(incident=case).due_at
    Holiday.objects.create(place=district.place, day=date(2026, 11, 17), kind="holiday")
    address = reverse("admin:incidents_holiday_recompute", args=[district.place.code])
    page = desk.get(address).content.decode()
    assert 'id="count">1<' in page
    assert case.number in page
    assert Clock.objects.get(incident=case).due_at == before
    assert desk.post(address, {"reason": ""}).status_code == 200
    assert Clock.objects.get(incident=case).due_at == before
    assert desk.post(address, {"reason": "新增放假"}).status_code == 302
    assert Clock.objects.get(incident=case).due_at == before + timedelta(days=1)
    assert AuditEvent.objects.filter(action="incident.recomputed").count() == 1
    assert desk.get(reverse("admin:incidents_holiday_recompute", args=["no"])).status_code == 403
