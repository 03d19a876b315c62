"""A hundred cases lived through at once leave the same rows as one by one through the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from gis.kernel.datum import Datum
from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from grids.choices import Role, UnitKind
from grids.models import Unit
from grids.selectors import Position
from incidents.demo.living.history import plan_history
from incidents.demo.living.profile import LivingProfile, load_living
from incidents.models import (
    Assignment,
    Category,
    Channel,
    Clock,
    Incident,
    Note,
    Request,
    Satisfaction,
    Supervision,
)
from incidents.services import acting
from incidents.services.acting_many import Deed, act_many
from incidents.services.bulk import Arrival, receive_many
from incidents.services.tables import load_tables
from incidents.workflow.office import office_of
from tests.demo import PROFILE
from tests.factories import District, make_post, make_user

pytestmark = pytest.mark.django_db
CASES = 100
# Looked up or filled in by whoever calls the table, not given by a person.
NOT_GIVEN = {"into_case", "proven", "before", "after"}


@pytest.fixture
def profile() -> LivingProfile:
    """Every turn is common here, so that a hundred cases take them all."""
    found = load_living(PROFILE)
    assert found is not None
    often = dict.fromkeys(found.turns, 0.4)
    return replace(found, closed=80, merged=3, suspended=9, turns=often)


def receive(district: District) -> None:
    load_tables(PROFILE)
    for number, cell in enumerate([(1, 0), (0, 1), (3, 2)]):
        user = make_user(f"w{number}", district.place)
        make_post(user, Role.WORKER, grid=district.cell(*cell))
    second = Unit.objects.create(
        place=district.place, code="csgl", name="城市管理局", kind=UnitKind.DEPARTMENT
    )
    make_post(make_user("d-csgl", district.place), Role.HANDLER, unit=second)
    began = datetime(2026, 3, 2, 0, tzinfo=UTC)
    categories = list(Category.objects.order_by("order"))
    arrivals = []
    for k in range(CASES):
        # In pairs at one spot, so that some repeat others; one in twenty lies in no grid.
        lon, lat = district.centre(k // 2 % 4, k // 2 % 3) if k % 20 else (120.0, 36.5)
        category = categories[k // 2 % len(categories)]
        arrivals.append(
            Arrival(
                channel=Channel.objects.get(code=("worker", "hotline", "resident")[k % 3]),
                kind=category.kind,
                category=category,
                description=f"第 {k} 件",
                location=Position(lon, lat, Datum.WGS84),
                occurred_at=began + timedelta(minutes=40 * k),
                received_at=began + timedelta(minutes=40 * k),
            )
        )
    receive_many(arrivals, place=district.place)


def rows() -> dict[str, list[Any]]:
    """Everything the loop wrote, without keys, salts and what depends on them."""
    skip = {"id", "salt", "position"}
    found: dict[str, list[Any]] = {}
    for model in (Incident, Assignment, Clock, Request, Supervision, Satisfaction, Note):
        names = [one.attname for one in model._meta.concrete_fields if one.name not in skip]
        found[model.__name__] = sorted(map(str, model._default_manager.values_list(*names)))
    found["events"] = [
        (event.chain, event.sequence, event.at, event.actor_id, event.action,
         {name: value for name, value in event.data.items() if name != "note"},
         "note" in event.data)
        for event in AuditEvent.objects.filter(chain__startswith="incident:").order_by(
            "chain", "sequence"
        )
    ]  # fmt: skip
    return found


def one_by_one(lives: list[tuple[Any, Any]]) -> None:
    deeds: list[tuple[Deed, str]] = [
        (deed, docket.case.number) for docket, deeds in lives for deed in deeds
    ]
    for deed, number in sorted(deeds, key=lambda pair: pair[0].at):
        given = {name: value for name, value in deed.given.items() if name not in NOT_GIVEN}
        assert deed.standing.user is not None
        acting.act(
            number=number, action=deed.action, given=given, by=deed.standing.user, now=deed.at
        )


def test_at_once_as_one_by_one(district: District, profile: LivingProfile) -> None:
    receive(district)
    with transaction.atomic():
        before = transaction.savepoint()
        deeds = act_many(plan_history(district.place, profile), office_of(district.place))
        at_once = rows()
        assert not list(broken_links())
        transaction.savepoint_rollback(before)
    one_by_one(plan_history(district.place, profile))
    assert deeds > 8 * CASES
    single = rows()
    for name, expected in single.items():
        assert at_once[name] == expected, name
    taken = {event[4].removeprefix("incident.") for event in single["events"]}
    assert {"returned", "reworked", "suspended", "extended", "supervised", "reopened", "merged",
            "self_handled", "voided", "escalated"} <= taken  # fmt: skip
    states = [state for (state,) in Incident.objects.values_list("state")]
    assert {one: states.count(one) for one in set(states)} == {
        "closed": 80, "merged": 3, "suspended": 9, "void": 8,
    }  # fmt: skip
