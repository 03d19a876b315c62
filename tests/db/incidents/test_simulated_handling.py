"""The simulated cases are handled in their time: each step once, however late or often asked."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from gis.ledger.models import AuditEvent, StreamEvent
from gis.ledger.services.audit import broken_links
from incidents.demo.living.profile import LivingProfile, load_living
from incidents.demo.profile import HistoryProfile, load_history
from incidents.models import Incident
from incidents.services import acting
from incidents.simulation import living as simulated
from incidents.simulation import releasing
from incidents.simulation.living import live
from incidents.simulation.releasing import release_day
from tests.db.incidents.conftest import LAOSHAN
from tests.db.incidents.test_simulation import DAY, END, MIDNIGHT
from tests.factories import District

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _drawn_anew() -> None:
    releasing._kept.clear()
    simulated._cast.cache_clear()


@pytest.fixture
def day(ground: District) -> District:
    """A day of reports, received and not yet handled."""
    profile: HistoryProfile = replace(load_history(LAOSHAN), spots=(), fixed=(), reports=1600)
    release_day(ground.place, profile, day=DAY, now=END)
    return ground


@pytest.fixture
def profile() -> LivingProfile:
    found = load_living(LAOSHAN)
    assert found is not None
    return found


def done() -> list[tuple[str, int, datetime, str]]:
    rows = AuditEvent.objects.filter(chain__startswith="incident:").order_by("chain", "sequence")
    return [(one.chain, one.sequence, one.at, one.action) for one in rows]


def test_at_noon_only_what_is_due_was_done(day: District, profile: LivingProfile) -> None:
    noon = MIDNIGHT + timedelta(hours=12)
    assert live(day.place, profile, now=noon) > 5
    assert all(at <= noon for _chain, sequence, at, _action in done() if sequence > 1)
    assert live(day.place, profile, now=noon) == 0


def test_little_by_little_is_as_all_at_once(
    day: District, profile: LivingProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filled in at once, and one by one with news: the same steps at the same times."""
    evening = MIDNIGHT + timedelta(hours=16)
    before = transaction.savepoint()
    monkeypatch.setattr(simulated, "MOST_LIVE", 0)
    live(day.place, profile, now=evening)
    assert not StreamEvent.objects.filter(topic="incident.changed").exists()
    at_once = done()
    transaction.savepoint_rollback(before)
    monkeypatch.setattr(simulated, "MOST_LIVE", 10**6)
    for hour in (9, 11, 14, 16):
        live(day.place, profile, now=MIDNIGHT + timedelta(hours=hour))
    assert StreamEvent.objects.filter(topic="incident.changed").exists()
    assert done() == at_once
    assert len(at_once) > 40
    assert not list(broken_links())


def test_in_a_fortnight_nearly_all_are_closed(day: District, profile: LivingProfile) -> None:
    live(day.place, profile, now=END + timedelta(days=14))
    states = Counter(Incident.objects.values_list("state", flat=True))
    assert states["closed"] / sum(states.values()) > 0.85
    assert set(states) <= {"closed", "void", "suspended", "checked_in", "dispatched", "filed"}


def test_what_a_person_took_up_is_theirs(day: District, profile: LivingProfile) -> None:
    noon = MIDNIGHT + timedelta(hours=12)
    live(day.place, profile, now=noon)
    case = Incident.objects.filter(state="filed").first()
    assert case is not None
    acting.act(
        number=case.number, action="dispatch", given={"unit": "centre"},
        by=day.users["centre"], now=noon,
    )  # fmt: skip
    live(day.place, profile, now=END + timedelta(days=14))
    case.refresh_from_db()
    assert (case.state, case.unit) == ("dispatched", day.units["centre"])
