"""The machine walked at random: whoever does whatever is open to them, nothing ever breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from grids.choices import Role, UnitKind
from grids.models import Unit
from incidents.choices import OPEN_STATES, IncidentState, Kind, Outcome, Part, Step
from incidents.models import Assignment, Category, Clock, Incident, Request
from incidents.services import acting, dockets
from incidents.workflow.actions import Action
from incidents.workflow.errors import MissingInput, NotAllowed, StateMoved
from incidents.workflow.gate import open_rows
from incidents.workflow.needs import Ask, Need
from incidents.workflow.office import office_of
from incidents.workflow.standing import parties, standing_of
from tests.factories import District, make_district, make_post, make_user
from tests.loop import make_case

S = IncidentState
LED = {S.DISPATCHED, S.CHECKED_IN, S.HANDLED, S.SUSPENDED}
HELD = {S.SUSPENDED, S.MERGED}
REFUSALS = (StateMoved, NotAllowed, MissingInput, acting.UnknownCase)


class Walk(RuleBasedStateMachine):
    """One case, its people, and a clock that only goes on. The district is made once."""

    district: District
    users: dict[str, Any]

    @initialize(kind=st.sampled_from(Kind.values), where=st.sampled_from([(0, 0), (3, 2)]))
    def report(self, kind: str, where: tuple[int, int]) -> None:
        self.savepoint = transaction.savepoint()
        self.now = datetime(2026, 3, 2, 1, tzinfo=UTC)
        category = Category.objects.filter(kind=kind).first()
        centre = self.district.centre(*where)
        self.number = make_case(
            self.district, kind=kind, now=self.now, at=centre, category=category
        ).number
        self.other = make_case(self.district, kind=kind, now=self.now, at=centre).number

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    @property
    def case(self) -> Incident:
        return Incident.objects.get(number=self.number)

    @rule(data=st.data(), hours=st.floats(0, 60))
    def somebody_does_what_is_open(self, data: st.DataObject, hours: float) -> None:
        """Every action that is told to be open can be taken with what it asks for."""
        self.now += timedelta(hours=hours)
        role = data.draw(st.sampled_from(sorted(self.users)))
        user = self.users[role]
        case = Incident.objects.filter(number=self.number).get()
        office = office_of(self.district.place)
        docket = dockets.load(case, office)
        standing = standing_of(user, self.now)
        held = parties(standing, docket, office)
        # Whoever may do something sees the case.
        assert not held or Incident.objects.for_user(user).filter(pk=case.pk).exists()
        rows = open_rows(docket, held, office)
        if not rows:
            return
        row = data.draw(st.sampled_from(rows), label="row")
        ask = Ask(docket, office, standing, self.now)
        given = {need.name: self.draw(need, ask, data) for need in row.needs}
        before = AuditEvent.objects.count()
        acting.act(
            number=self.number,
            action=row.action.value,
            given={name: value for name, value in given.items() if value is not None},
            by=user,
            now=self.now,
        )
        assert AuditEvent.objects.count() == before + 1

    @rule(action=st.sampled_from(Action.values), data=st.data())
    def somebody_tries_anything(self, action: str, data: st.DataObject) -> None:
        """What is refused leaves nothing behind."""
        role = data.draw(st.sampled_from(sorted(self.users)))
        before = (AuditEvent.objects.count(), self.case.state, Clock.objects.count())
        try:
            with transaction.atomic():
                acting.act(
                    number=self.number, action=action, given={}, by=self.users[role], now=self.now
                )
        except REFUSALS:
            assert (AuditEvent.objects.count(), self.case.state, Clock.objects.count()) == before

    def draw(self, need: Need, ask: Ask, data: st.DataObject) -> Any:
        """Something that fits: a choice, the default, or a value of the type."""
        if need.name == "into":
            return self.other
        choices = [value for value, _label in need.chosen_from(ask)]
        if need.type == "choice":
            return data.draw(st.sampled_from(choices), label=need.name)
        if need.type == "choices":
            return data.draw(st.lists(st.sampled_from(choices), max_size=2, unique=True))
        if need.type == "number":
            if need.name in ("lon", "lat"):
                return need.stands(ask) or {"lon": 120.405, "lat": 36.065}[need.name]
            return data.draw(st.floats(need.least or 0.5, min(need.most or 10, 10)))
        if need.type == "text":
            return data.draw(st.sampled_from(["已办", "请核"]))
        return None

    @invariant()
    def a_case_that_is_worked_on_has_one_lead(self) -> None:
        leads = Assignment.objects.filter(
            incident__number=self.number, part=Part.LEAD, until__isnull=True
        )
        found, case = leads.count(), self.case
        assert found <= 1
        if case.state in LED:
            assert found == 1
            assert leads.get().unit_id == case.unit_id
        if case.state in (S.RECEIVED, S.VERIFIED, S.FILED, S.CLOSED, S.VOID):
            assert found == 0

    @invariant()
    def clocks_run_exactly_while_something_is_owed(self) -> None:
        case = self.case
        clocks = list(Clock.objects.filter(incident=case, ended_at__isnull=True))
        if case.state in HELD:
            assert all(one.paused_at is not None for one in clocks)
            assert case.due_at is None
        elif case.state in OPEN_STATES:
            assert clocks
            assert all(one.paused_at is None for one in clocks)
            assert case.due_at == min(one.due_at for one in clocks)
        else:
            assert {one.step for one in clocks} <= {Step.CALL_BACK}
            assert case.due_at is None
        assert all(one.amber_at <= one.due_at for one in clocks)

    @invariant()
    def what_is_held_goes_back_and_what_is_closed_has_a_time(self) -> None:
        case = self.case
        assert bool(case.held_state) == (case.state in HELD)
        assert (case.closed_at is not None) == (case.state == S.CLOSED)
        assert (case.merged_into_id is not None) == (case.state == S.MERGED)
        if case.state in (S.CLOSED, S.VOID):
            assert not Request.objects.filter(incident=case, outcome=Outcome.PENDING).exists()

    @invariant()
    def the_history_is_whole(self) -> None:
        events = AuditEvent.objects.filter(chain=f"incident:{self.number}").order_by("sequence")
        states = [(one.data.get("from"), one.data.get("to")) for one in events][1:]
        at = "received"
        for before, after in states:
            assert before == at
            at = after
        assert at == self.case.state


def walk(steps: int, examples: int) -> None:
    district = make_district()
    for kind in Kind.values:
        for number in (1, 2):
            Category.objects.create(
                code=f"{kind[0]}{number}", name=f"{kind}{number}", name_en="x", kind=kind,
                valid="[2020-01-01,)",
            )  # fmt: skip
    ruler = make_user("ruler", district.place)
    make_post(
        ruler,
        Role.HANDLER,
        unit=Unit.objects.create(
            place=district.place, code="bwb", name="编办", kind=UnitKind.ESTABLISHMENT
        ),
    )
    Walk.district, Walk.users = district, {**district.users, "ruler": ruler}
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not list(broken_links())


@pytest.mark.django_db
def test_a_short_walk_breaks_nothing() -> None:
    walk(steps=14, examples=12)


@pytest.mark.proof
@pytest.mark.django_db
def test_long_walks_break_nothing() -> None:
    walk(steps=40, examples=150)
