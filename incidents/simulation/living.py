"""Let the simulated cases be handled as the day goes on: each step once, in its time.

What is to be done is drawn from the case's own generator, what was done is counted in its chain.
Where somebody else has done something to a case, it is theirs, and is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from django.db import connection, transaction

from gis.ledger.models import AuditEvent
from grids.demo.chance import generator
from grids.models import Place
from incidents.choices import OPEN_STATES, IncidentState
from incidents.demo.living.cast import Cast
from incidents.demo.living.plan import CLOSED, SUSPENDED, VOID, plan
from incidents.demo.living.profile import LivingProfile
from incidents.models import Incident, Report
from incidents.services import acting
from incidents.services.acting_many import Deed, act_many, give_ground
from incidents.services.chronicle import chain_of
from incidents.services.dockets import load_many
from incidents.workflow.docket import Docket
from incidents.workflow.office import Office, office_of

__all__ = ["live"]

# More than these are no news any more, but the past to be filled in.
MOST_LIVE = 20
# A case that nobody closed in this time is left to itself; call-backs end long before.
ALIVE = timedelta(days=30)
_CALLED_BACK_WITHIN = timedelta(days=8)
_SHARES = {CLOSED: 0.972, SUSPENDED: 0.011, VOID: 0.017}
# Looked up or filled in by whoever calls the table, not given by a person.
_NOT_GIVEN = frozenset({"before", "after", "proven"})


@transaction.atomic
def live(place: Place, profile: LivingProfile, *, now: datetime) -> int:
    """Do what is due of the simulated cases of `place` at `now`; how many deeds.

    Another process that is at it already is left to it.
    """
    if not _alone(place):
        return 0
    office = office_of(place)
    due = _due(place, profile, office, now)
    count = sum(len(deeds) for _docket, deeds in due)
    if count > MOST_LIVE:
        act_many(due, office)
    else:
        _one_by_one(due)
    return count


def _alone(place: Place) -> bool:
    with connection.cursor() as cursor:
        lock = f"simulation:{place.code}:living"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        return bool(cursor.fetchone()[0])


def _due(
    place: Place, profile: LivingProfile, office: Office, now: datetime
) -> list[tuple[Docket, list[Deed]]]:
    cases = _cases(place, now)
    done = _done(cases)
    sent = _sent(cases)
    cast = _cast(place.pk, f"{now:%Y%m%d%H}", office.place)
    found = []
    for docket in load_many(cases):
        case = docket.case
        external_id, channel = sent[case.pk]
        rng = generator(profile.seed, "today", external_id)
        deeds = plan(
            case, _fate(case, rng), channel=channel, profile=profile, office=office, cast=cast,
            rng=rng,
        )  # fmt: skip
        count, last = done.get(case.number, (0, case.received_at))
        if count and (count > len(deeds) or deeds[count - 1].at != last):
            continue
        if rest := [deed for deed in deeds[count:] if deed.at <= now]:
            found.append((docket, rest))
    return found


def _cases(place: Place, now: datetime) -> list[Incident]:
    rows = Incident.objects.filter(
        place=place, is_simulated=True, received_at__gt=now - ALIVE, state__in=OPEN_STATES
    ) | Incident.objects.filter(
        place=place, is_simulated=True, state=IncidentState.CLOSED,
        closed_at__gt=now - _CALLED_BACK_WITHIN,
    )  # fmt: skip
    keys = rows.exclude(state=IncidentState.SUSPENDED).values("pk")
    locked = Incident.objects.filter(pk__in=keys).select_for_update(skip_locked=True, of=("self",))
    cases = list(locked.select_related("category").order_by("received_at", "pk"))
    give_ground(cases)
    for case in cases:
        case.place = place
    return cases


def _done(cases: Sequence[Incident]) -> dict[str, tuple[int, datetime]]:
    """Of each case how many deeds its chain tells, and when the last one was."""
    chains = [chain_of(case) for case in cases]
    rows = AuditEvent.objects.filter(chain__in=chains, sequence__gt=1).order_by("chain", "sequence")
    found: dict[str, tuple[int, datetime]] = {}
    for chain, at in rows.values_list("chain", "at"):
        number = chain.removeprefix("incident:")
        found[number] = found.get(number, (0, at))[0] + 1, at
    return found


def _sent(cases: Sequence[Incident]) -> dict[int, tuple[str, str]]:
    rows = Report.objects.filter(incident__in=[one.pk for one in cases]).order_by("-pk")
    return {
        pk: (external_id, channel)
        for pk, external_id, channel in rows.values_list("incident", "external_id", "channel__code")
    }


def _fate(case: Incident, rng: np.random.Generator) -> str:
    """How it ends: what lies in no grid is void, the rest by the history's shares."""
    drawn = float(rng.random())
    if case.grid_id is None:
        return VOID
    upto = np.cumsum(list(_SHARES.values()))
    return list(_SHARES)[int(np.searchsorted(upto, drawn, side="right"))]


@lru_cache(maxsize=2)
def _cast(_place: int, hour: str, place: Place) -> Cast:
    """The people of the hour: who takes up a post is met in the next."""
    at = datetime.strptime(f"{hour}+0000", "%Y%m%d%H%z")
    return Cast(place, office_of(place), at)


def _one_by_one(due: Sequence[tuple[Docket, list[Deed]]]) -> None:
    deeds = [(deed, docket.case.number) for docket, rest in due for deed in rest]
    for deed, number in sorted(deeds, key=lambda pair: pair[0].at):
        if deed.standing.user is None:
            raise LookupError("somebody must do it")
        acting.act(
            number=number,
            action=deed.action,
            given={name: value for name, value in deed.given.items() if name not in _NOT_GIVEN},
            by=deed.standing.user,
            now=deed.at,
        )
