"""Long without a network, the browser killed, the clock wrong, answers lost: what was written on
the way arrives once each, oldest first, by the right time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, expect

from gis.ledger.models import Attachment
from incidents.models import Category, Incident, Note, Report
from patrols.models import Fix, Shift, Spot, Visit, VisitPhoto
from tests.browser.pocket import PASSWORD, TRACK, Pocket, a_pocket, until
from tests.factories import District
from tests.loop import do, make_case, worker_channel
from tests.lossy import every
from tests.spots import make_spot, make_type

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The phone believes that it is three hours earlier than it is.
SLOW = timedelta(hours=-3)
# A second is cut off a date, and a slow machine takes a while between writing and asking here.
NEAR = timedelta(seconds=45)


@dataclass(frozen=True)
class Plan:
    """How much of each is written, besides the start and the end of the shift."""

    reports: int
    spots: int
    verified: int
    inspected: int
    self_handled: int

    @property
    def tasks(self) -> int:
        return self.verified + self.inspected + self.self_handled

    @property
    def total(self) -> int:
        return self.reports + self.spots + self.tasks + 2


FIFTY = Plan(22, 14, 5, 4, 3)


@dataclass
class Walk:
    """What was written, by the right time, in the order it was."""

    plan: Plan
    pocket: Pocket
    ground: District
    spots: list[Spot]
    cases: dict[str, list[Incident]]
    written: list[tuple[str, str, datetime]] = field(default_factory=list)
    steps: int = 0

    def wrote(self, kind: str, what: str) -> None:
        self.written.append((kind, what, self.pocket.now()))

    def step(self) -> None:
        """A minute on; a little further in the grid."""
        self.steps += 1
        self.pocket.let_pass(70)
        lon, lat = self.ground.centre(0, 0)
        self.pocket.stand(lon + self.steps * 1e-6, lat)
        until(self.pocket.page, f"{TRACK}.then((n) => n >= {self.steps})")

    def report(self, number: int) -> None:
        self.pocket.report(f"第 {number} 件")
        self.wrote("report", f"第 {number} 件")

    def tick(self, number: int) -> None:
        self.pocket.tick(self.spots[number].name, photos=number % 3)
        self.wrote("visit", self.spots[number].name)

    def act(self, action: str, number: int) -> None:
        case = self.cases[action][number]
        photos = ("before", "after") if action == "self_handle" else ("photos",)
        self.pocket.act(case.number, action, *photos)
        self.wrote("action", case.number)


def set_up(ground: District, plan: Plan) -> tuple[list[Spot], dict[str, list[Incident]]]:
    """Cases and places in the worker's grid."""
    worker = ground.users["worker"]
    worker.set_password(PASSWORD)
    worker.save()
    worker_channel()
    Category.objects.get(code="B0202")
    kind = make_type(ground)
    spots = [make_spot(kind, ground.centre(0, 0), f"{n:02} 号") for n in range(plan.spots)]
    cases = {
        "verify": [make_case(ground, description="灯坏了") for _ in range(plan.verified)],
        "inspect": [_fed_back(ground) for _ in range(plan.inspected)],
        "self_handle": [make_case(ground, description="已清理") for _ in range(plan.self_handled)],
    }
    return spots, cases


def _fed_back(ground: District) -> Incident:
    """A case that waits to be inspected."""
    case = make_case(ground, description="修好了")
    do(ground, case.number, "verify", "centre")
    do(ground, case.number, "file", "centre")
    unit = ground.units["department"].code
    do(ground, case.number, "dispatch", "centre", unit=unit, supporting=[])
    do(ground, case.number, "check_in", "handler")
    for action in ("handle", "feed_back"):
        do(ground, case.number, action, "handler", note="好了")
    return case


def walk(one: Walk) -> None:
    """The hour: half of it, a dead browser, the other half."""
    plan, pocket, page = one.plan, one.pocket, one.pocket.page
    pocket.go_offline()
    page.locator("#shift-go").click()
    one.wrote("shift", "start")
    expect(page.locator("#shift-said")).to_contain_text("在岗")
    for number in range(plan.reports // 2):
        one.step()
        one.report(number)
    for number in range(plan.spots // 2):
        one.step()
        one.tick(number)
    for number in range(plan.verified):
        one.act("verify", number)
    waiting = len(one.written)
    expect(page.locator("#waiting")).to_have_text(f"待发 {waiting}")
    pocket.kill()
    pocket.open()
    pocket.visit()
    pocket.ready()
    page = pocket.page
    expect(page.locator("#waiting")).to_have_text(f"待发 {waiting}")
    expect(page.locator("#shift-said")).to_contain_text("在岗")
    for number in range(plan.inspected):
        one.act("inspect", number)
    for number in range(plan.self_handled):
        one.act("self_handle", number)
    for number in range(plan.spots // 2, plan.spots):
        one.step()
        one.tick(number)
    for number in range(plan.reports // 2, plan.reports):
        one.step()
        one.report(number)
    page.locator("#shift-go").click()
    one.wrote("shift", "end")
    expect(page.locator("#shift-said")).to_have_text("未上岗")
    assert len(one.written) == plan.total


def test_fifty_things_arrive_once_each(ground: District, chromium: Browser, tmp_path: Path) -> None:
    plan = FIFTY
    spots, cases = set_up(ground, plan)
    before = Attachment.objects.count()
    with a_pocket(chromium, tmp_path, error=SLOW) as pocket:
        pocket.visit()
        pocket.sign_in(ground.users["worker"])
        expect(pocket.page.locator("#tasks .act")).to_have_count(plan.tasks)
        expect(pocket.page.locator("#spots .act")).to_have_count(min(plan.spots, 12))
        expect(pocket.page.locator("#clock-said")).to_contain_text("慢 3 小时")
        pocket.kept()
        one = Walk(plan, pocket, ground, spots, cases)
        walk(one)
        # One more, of a kind that the service will not know any more when it comes.
        pocket.report("太晚了", kind="台阶破损")
        Category.objects.filter(code="B0202").delete()
        assert pocket.states() == ["waiting"] * (plan.total + 1)
        assert not Report.objects.exclude(sent_by=None).exists()
        # The session has ended meanwhile; then the line is as bad as it can be.
        Session.objects.all().delete()
        already, bad = pocket.line.heard["answered"], every(lost=3, broken=5)
        pocket.go_online()
        # A person who sees the bars come back does not wait for the next try.
        pocket.page.locator("#waiting").click()
        pocket.page.get_by_role("button", name="现在发送").click()
        expect(pocket.page.locator("#band")).to_contain_text("登录已过期")
        assert pocket.states() == ["waiting"] * (plan.total + 1)
        pocket.page.locator("#band a").click()
        expect(pocket.page.locator("[name=username]")).to_be_visible()
        pocket.line.fate = lambda number: "" if number <= already + 1 else bad(number)
        pocket.sign_in(ground.users["worker"])
        pocket.send_all()
        assert pocket.line.heard["lost"] > plan.total // 3
        assert pocket.line.heard["broken"] > plan.total // 6
        # What was refused holds up nothing and stays in sight, with its reason.
        expect(pocket.page.locator("#waiting")).to_have_text("待发 1")
        pocket.page.locator("#waiting").click()
        expect(pocket.page.locator("#queue .failed")).to_contain_text("没有这个类别")
        expect(pocket.page.locator("#queue .sent")).to_have_count(plan.total)
    arrived_once(one)
    by_the_right_time(one)
    assert Attachment.objects.count() > before


def arrived_once(one: Walk) -> None:
    """Counted in the database: each once, with its pictures, oldest first."""
    reports = list(Report.objects.exclude(sent_by=None).order_by("pk"))
    told = [what for kind, what, _ in one.written if kind == "report"]
    assert [report.description for report in reports] == told
    assert {report.photos.count() for report in reports} == {1}
    visits = list(Visit.objects.select_related("spot").order_by("pk"))
    assert [visit.spot.name for visit in visits] == [spot.name for spot in one.spots]
    assert [visit.photos.count() for visit in visits] == [n % 3 for n in range(one.plan.spots)]
    assert VisitPhoto.objects.count() == sum(n % 3 for n in range(one.plan.spots))
    for action, state in (
        ("verify", "verified"), ("inspect", "inspected"), ("self_handle", "closed"),
    ):  # fmt: skip
        for case in one.cases[action]:
            case.refresh_from_db()
            assert case.state == state, (action, case.number)
            notes = Note.objects.filter(incident=case, photos__isnull=False)
            assert notes.count() == (2 if action == "self_handle" else 1)
    shift = Shift.objects.get()
    assert shift.ended_at is not None
    # Oldest first, whatever it is.
    started = [("shift", "start", shift.start_received_at)]
    came = [*started, *[("report", r.description, r.received_at) for r in reports]]
    came += [("visit", v.spot.name, v.received_at) for v in visits]
    order = [(kind, what) for kind, what, _ in sorted(came, key=lambda row: row[2])]
    assert order == [
        (kind, what) for kind, what, _ in one.written if kind != "action" and what != "end"
    ]
    sequences = list(
        Fix.objects.filter(device=shift.device).order_by("at").values_list("sequence", flat=True)
    )
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(sequences) >= one.steps


def by_the_right_time(one: Walk) -> None:
    """Both times are kept: when it was, by the service's clock, and when it came."""
    truth = {(kind, what): at for kind, what, at in one.written}
    shift = Shift.objects.get()
    assert shift.start_clock_offset_s == pytest.approx(-SLOW.total_seconds(), abs=5)
    assert abs(shift.started_at - truth["shift", "start"]) < NEAR
    assert shift.ended_at is not None
    assert abs(shift.ended_at - truth["shift", "end"]) < NEAR
    assert shift.ended_at - shift.started_at > timedelta(minutes=one.steps)
    for report in Report.objects.exclude(sent_by=None):
        assert abs(report.occurred_at - truth["report", report.description]) < NEAR
        assert report.received_at > report.occurred_at
    for visit in Visit.objects.select_related("spot"):
        assert abs(visit.at - truth["visit", visit.spot.name]) < NEAR
        assert visit.clock_offset_s == pytest.approx(shift.start_clock_offset_s, abs=5)
    times = list(
        Fix.objects.filter(device=shift.device).order_by("at").values_list("at", flat=True)
    )
    assert shift.started_at <= times[0]
    assert times[-1] < shift.ended_at
