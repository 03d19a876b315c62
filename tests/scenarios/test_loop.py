"""The loop as people tell it: `features/*.feature`, on the small district and the real services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from psycopg.types.range import DateRange
from pytest_bdd import given, parsers, scenarios, then, when

from gis.ledger.models import AuditEvent
from gis.ledger.services import attachments
from gis.ledger.services.audit import broken_links
from incidents.choices import LimitUnit, Part
from incidents.models import (
    Assignment,
    Category,
    Clock,
    Incident,
    Note,
    Responsibility,
    Rule,
    Satisfaction,
)
from incidents.services import acting
from incidents.services.vault import Reporter
from incidents.workflow.actions import Action
from incidents.workflow.errors import NotAllowed, StateMoved
from tests.factories import District, square
from tests.loop import client_of, normal, tell
from tests.pictures import located_picture
from tests.scenarios.world import MONDAY, WHO, World, make_world, unit_named

# Said of the module: what a scenario needs is found step by step, too late for the database.
pytestmark = pytest.mark.django_db
scenarios("features")

REPORTER = Reporter("李某", "+8613800000000")
VERBS = {
    "核实": "verify", "立案": "file", "报到": "check_in", "处置": "handle", "反馈": "feed_back",
    "核查": "inspect", "结案": "close", "提级": "escalate", "降级": "deescalate",
    "恢复办理": "resume", "重开": "reopen", "督办": "supervise", "回复督办": "reply",
    "要求返工": "rework", "自处理": "self_handle",
}  # fmt: skip
ASKS = {"回退": "return", "挂账": "suspend", "延期": "extend", "作废": "void"}
PEOPLE = "|".join(sorted(WHO, key=len, reverse=True))


@pytest.fixture
def world(district: District) -> World:
    return make_world(district)


# 假如


@given("今天是工作日上午九点")
def _morning(world: World) -> None:
    assert world.now == MONDAY


@given(parsers.re(r'一(?P<who>位居民在网格内|家企业)报告"(?P<text>[^"]+)"(?P<phone>，并留下电话)?'))
def _reported(world: World, who: str, text: str, phone: str | None) -> None:
    kind = "development" if who == "家企业" else "livelihood"
    world.report(text, kind=kind, reporter=REPORTER if phone else None)


@given(parsers.re(r'一位居民在网格内报告执法事项"(?P<code>\w+)"'))
def _enforcement(world: World, code: str) -> None:
    world.report("占道", kind="enforcement", category=Category.objects.get(code=code))


@given(
    parsers.re(
        r'权责清单写明"(?P<code>\w+)"由"(?P<lead>[^"]+)"主责，"(?P<support>[^"]+)"配合，'
        r"时限 (?P<days>\d+) 个工作日"
    )
)
def _listed(world: World, code: str, lead: str, support: str, days: str) -> None:
    row = Responsibility.objects.create(
        place=world.district.place, category_code=code, lead=unit_named(world, lead),
        amount=float(days), amount_unit=LimitUnit.WORKING_DAYS,
        valid=DateRange(date(2020, 1, 1), None),
    )  # fmt: skip
    row.supporting.add(unit_named(world, support))


@given("一件已由部门报到的案件")
def _checked_in(world: World) -> None:
    world.report("路面破损", kind="livelihood", reporter=REPORTER)
    for who, action in (("中心", "file"), ("中心", "dispatch"), ("部门", "check_in")):
        world.act(who, action)


@given("另一位居民报告同一件事，并留下电话")
def _again(world: World) -> None:
    world.other = world.report("同一处路面破损", reporter=Reporter("王某", "+8613900000000"))


@given(parsers.re(r'规则写明东边的案件(?P<auto>自动)?派给"(?P<unit>[^"]+)"'))
def _rule(world: World, auto: str | None, unit: str) -> None:
    Rule.objects.create(
        place=world.district.place, name="东边", unit=unit_named(world, unit), is_on=True,
        is_automatic=bool(auto), area=square(120.43, 36.06, 0.01, 0.03),
    )  # fmt: skip


# 当


@when(parsers.re(rf'(?P<who>{PEOPLE})(?P<verb>{"|".join(VERBS)})(，说明"(?P<note>[^"]+)")?$'))
def _act(world: World, who: str, verb: str, note: str | None) -> None:
    world.act(who, VERBS[verb], **({"note": note} if note else {}))


@when(parsers.re(rf'(?P<who>{PEOPLE})派遣给"(?P<unit>[^"]+)"'))
def _dispatch(world: World, who: str, unit: str) -> None:
    world.act(who, "dispatch", unit=unit_named(world, unit).code, supporting=[])


@when("中心按默认派遣")
def _dispatch_as_it_stands(world: World) -> None:
    world.act("中心", "dispatch")


@when(parsers.re(r'编办裁定由"(?P<unit>[^"]+)"主责，时限 (?P<days>\d+) 个工作日'))
def _rule_on(world: World, unit: str, days: str) -> None:
    world.act("编办", "dispatch", unit=unit_named(world, unit).code, limit_days=float(days))


@when(
    parsers.re(
        rf"(?P<who>{PEOPLE})(?P<asked>申请)?(?P<what>回退|挂账|作废)"
        r'(，原因"(?P<reason>\w+)")?，说明"(?P<note>[^"]+)"'
    )
)
def _ask(
    world: World, who: str, asked: str | None, what: str, reason: str | None, note: str
) -> None:
    world.act(who, ASKS[what], note=note, **({"reason": reason} if reason else {}))


@when(parsers.re(r'部门申请延期 (?P<days>\d+) 个工作日，说明"(?P<note>[^"]+)"'))
def _ask_for_time(world: World, days: str, note: str) -> None:
    world.due_at = Clock.objects.get(step="handle", ended_at=None).due_at
    world.act("部门", "extend", days=float(days), note=note)


@when(parsers.re(r"中心(?P<no>不)?同意(?P<what>回退|挂账|延期|作废)"))
def _decide(world: World, no: str | None, what: str) -> None:
    world.act("中心", ASKS[what], decision="refuse" if no else "approve")


@when(parsers.re(r"过了 (?P<count>\d+) (?P<unit>分钟|小时|天)"))
def _later(world: World, count: str, unit: str) -> None:
    world.now += int(count) * {
        "分钟": timedelta(minutes=1), "小时": timedelta(hours=1), "天": timedelta(days=1),
    }[unit]  # fmt: skip


@when(parsers.re(r'中心回访，结果"(?P<result>\w+)"'))
def _call_back(world: World, result: str) -> None:
    world.act("中心", "call_back", result=result)


@when(parsers.re(r"诉求人评价 (?P<score>\d) 分"))
def _survey(world: World, score: str) -> None:
    report = world.case.reports.get()
    acting.act_for_reporter(report=report, action="survey", given={"score": score}, now=world.now)


@when("案件按常规办结")
def _normally(world: World) -> None:
    world.act("中心", "file")
    _from_dispatch(world)


@when("案件从派遣起再次办结")
def _from_dispatch(world: World) -> None:
    for who, action in (
        ("中心", "dispatch"), ("部门", "check_in"), ("部门", "handle"), ("部门", "feed_back"),
        ("中心", "inspect"), ("中心", "close"),
    ):  # fmt: skip
        world.act(who, action)


@when("网格员自处理，附处置前后照片")
def _with_pictures(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    worker = world.users["worker"]
    raw = located_picture()
    before, after = (str(attachments.store(raw=raw, by=worker, now=world.now).pk) for _ in range(2))
    world.act("网格员", "self_handle", before=[before], after=[after])


@when(parsers.re(r'中心改类别为"(?P<code>\w+)"'))
def _recategorise(world: World, code: str) -> None:
    world.act("中心", "recategorise", category=code)


@when(parsers.re(r'中心提请区领导牵头，专班为"(?P<unit>[^"]+)"'))
def _command(world: World, unit: str) -> None:
    world.act("中心", "escalate", team=[unit_named(world, unit).code])


@when("中心把它并入本案")
def _merge(world: World) -> None:
    world.act("中心", "merge", number=world.other, into=world.number)


@when("中心拆出另一件")
def _unmerge(world: World) -> None:
    world.act("中心", "unmerge", number=world.other)


@when("中心把位置移到东边")
def _move(world: World) -> None:
    lon, lat = world.district.centre(3, 1)
    world.act("中心", "move", lon=lon, lat=lat)


@when(parsers.re(r'一位居民在东边报告"(?P<text>[^"]+)"'))
def _reported_in_the_east(world: World, text: str) -> None:
    world.number = world.report(text, at=world.district.centre(3, 1))


# 那么


@then(parsers.re(r'案件(状态为"(?P<state>\w+)"|层级为"(?P<tier>\w+)"|标为自处理)'))
def _stands(world: World, state: str | None, tier: str | None) -> None:
    if state:
        assert world.case.state == state
    elif tier:
        assert world.case.tier == tier
    else:
        assert world.case.is_self_handled


@then(parsers.re(r'案件主责为"(?P<unit>[^"]+)"'))
def _led_by(world: World, unit: str) -> None:
    assert world.case.unit == unit_named(world, unit)


@then(parsers.re(r"案件(?P<what>重开|返工) (?P<count>\d+) 次"))
def _counted(world: World, what: str, count: str) -> None:
    case = world.case
    assert (case.reopened if what == "重开" else case.reworked) == int(count)


@then("所有时限都没有超期")
def _in_time(world: World) -> None:
    for clock in Clock.objects.filter(incident=world.case):
        assert (clock.ended_at or world.now) <= clock.due_at, clock.step


@then("没有正在走的时限")
def _stopped(world: World) -> None:
    running = Clock.objects.filter(incident=world.case, ended_at=None, paused_at=None)
    assert not running.exists()
    assert world.case.due_at is None


@then(parsers.re(r"处置时限为 (?P<days>\d+) 个工作日"))
def _limit(world: World, days: str) -> None:
    clock = Clock.objects.get(incident=world.case, step="handle", ended_at=None)
    assert (clock.amount, clock.amount_unit) == (float(days), LimitUnit.WORKING_DAYS)


@then("处置期限未变")
def _same_limit(world: World) -> None:
    assert Clock.objects.get(step="handle", ended_at=None).due_at == world.due_at


@then(parsers.re(r"处置期限顺延 (?P<days>\d+) 个工作日"))
def _longer(world: World, days: str) -> None:
    assert world.due_at is not None
    moved = Clock.objects.get(step="handle", ended_at=None).due_at - world.due_at
    # From one Monday's five days on, two more are Tuesday and Wednesday.
    assert moved == timedelta(days=int(days))


@then(parsers.re(r'派遣默认给"(?P<unit>[^"]*)"，配合"(?P<support>[^"]*)"'))
def _default(world: World, unit: str, support: str) -> None:
    actions = {
        one["name"]: one for one in tell(client_of(world.users["centre"]), world.number)["actions"]
    }
    stands = normal(actions["dispatch"])
    assert stands["unit"] == unit_named(world, unit).code
    names = [unit_named(world, support).code] if support else []
    assert stands["supporting"] == names


@then(parsers.re(rf'(?P<who>{PEOPLE})不能(?P<verb>核查|督办)，因为"(?P<why>[^"]+)"'))
def _refused(world: World, who: str, verb: str, why: str) -> None:
    with pytest.raises((NotAllowed, StateMoved), match=why):
        world.act(who, VERBS[verb])


@then(parsers.re(r'诉求人查询看到"(?P<text>[^"]+)"'))
def _told(world: World, text: str) -> None:
    _answered(world.number, text)


@then(parsers.re(r'另一位诉求人查询看到"(?P<text>[^"]+)"'))
def _other_told(world: World, text: str) -> None:
    _answered(world.other, text)


def _answered(number: str, text: str) -> None:
    """The answer that whoever reported is told: of a merged case, that of its main one."""
    main = acting.main_case(Incident.objects.get(number=number))
    assert text in Note.objects.filter(incident=main, is_answer=True).values_list("text", flat=True)


@then(parsers.re(r'另一件案件状态为"(?P<state>\w+)"'))
def _other_stands(world: World, state: str) -> None:
    assert Incident.objects.get(number=world.other).state == state


@then(parsers.re(r"本案有 (?P<count>\d+) 件诉求"))
def _reports(world: World, count: str) -> None:
    assert len(tell(client_of(world.users["centre"]), world.number)["reports"]) == int(count)


@then(parsers.re(r"满意度为 (?P<score>\d)"))
def _satisfied(world: World, score: str) -> None:
    assert Satisfaction.objects.filter(incident=world.case).latest("pk").score == int(score)


@then(parsers.re(r'专班包含"(?P<unit>[^"]+)"'))
def _team(world: World, unit: str) -> None:
    rows = Assignment.objects.filter(incident=world.case, part=Part.TEAM, until=None)
    assert unit_named(world, unit).pk in set(rows.values_list("unit", flat=True))


@then(parsers.re(r'历史(?P<how>依次为|包含)"(?P<names>[^"]+)"'))
def _history(world: World, how: str, names: str) -> None:
    rows = AuditEvent.objects.filter(chain=f"incident:{world.number}").order_by("sequence")
    found = [one.action.removeprefix("incident.") for one in rows][1:]
    if how == "依次为":
        assert found == names.split(" ")
    else:
        assert set(names.split(" ")) <= set(found)


@then(parsers.re(r'历史记有"(?P<one>\w+)"为"(?P<was>\w+)"、"(?P<two>\w+)"为"(?P<now>\w+)"'))
def _both_kept(world: World, one: str, was: str, two: str, now: str) -> None:
    rows = AuditEvent.objects.filter(chain=f"incident:{world.number}")
    assert any(event.data.get(one) == was and event.data.get(two) == now for event in rows)


@then("审计链完好")
def _whole() -> None:
    assert not list(broken_links())


def test_every_verb_is_an_action() -> None:
    assert set(VERBS.values()) | set(ASKS.values()) <= set(Action.values)
    assert timezone.is_aware(MONDAY)
