"""The demonstration's history lived through: 9,000 cases, 97.2 % of them closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from grids.demo.chance import generator
from grids.models import Place
from incidents.demo.living.cast import Cast
from incidents.demo.living.plan import CLOSED, SUSPENDED, VOID, plan
from incidents.demo.living.profile import LivingProfile
from incidents.models import Incident, Report
from incidents.services.acting_many import Deed, act_many, with_ground
from incidents.services.dockets import load_many
from incidents.workflow.actions import Action
from incidents.workflow.docket import Docket
from incidents.workflow.office import office_of

__all__ = ["live_history", "plan_history"]

_MERGED = "merged"
_NEAR_M, _WITHIN_S = 40.0, 3 * 86_400.0
_METRES_PER_DEGREE = 111_320.0


@transaction.atomic
def live_history(place: Place, profile: LivingProfile) -> int:
    """Live the cases of `place` that were just received through to their ends; how many deeds."""
    return act_many(plan_history(place, profile), office_of(place))


def plan_history(place: Place, profile: LivingProfile) -> list[tuple[Docket, Sequence[Deed]]]:
    """What is done to each case of `place`, in order of receipt.

    The closed, merged and suspended ones are as many as the profile says; the rest is void.
    """
    office = office_of(place)
    cases = _cases(place)
    if not cases:
        return []
    cast = Cast(place, office, cases[-1].received_at)
    channels = _channels(cases)
    originals = _originals(cases, profile)
    fates = _fates(cases, originals, profile)
    lives: list[tuple[Docket, Sequence[Deed]]] = []
    dockets = load_many(cases)
    for number, docket in enumerate(dockets):
        if fates[number] == _MERGED:
            deeds = [_merge(docket.case, dockets[originals[number]].case, cast)]
        else:
            deeds = plan(
                docket.case,
                fates[number],
                channel=channels[docket.case.pk],
                profile=profile,
                office=office,
                cast=cast,
                rng=generator(profile.seed, "life", docket.case.number),
            )
        lives.append((docket, deeds))
    return lives


def _cases(place: Place) -> list[Incident]:
    rows = Incident.objects.filter(place=place, is_simulated=False).select_related("category")
    cases = list(rows.order_by("received_at", "pk"))
    with_ground(cases)
    for case in cases:
        case.place = place
    return cases


def _channels(cases: Sequence[Incident]) -> dict[int, str]:
    rows = Report.objects.filter(incident__in=[one.pk for one in cases])
    return dict(rows.values_list("incident", "channel__code"))


def _originals(cases: Sequence[Incident], profile: LivingProfile) -> dict[int, int]:
    """Cases that repeat an earlier one: same category, a few steps and at most three days away."""
    points = np.array(
        [(c.position.x, c.position.y) if c.position else (np.nan, np.nan) for c in cases]
    )
    times = np.array([case.received_at.timestamp() for case in cases])
    category = np.array([case.category_id or 0 for case in cases])
    found: dict[int, int] = {}
    narrow = np.cos(np.radians(np.nanmean(points[:, 1])))
    for k in range(len(cases)):
        if len(found) == profile.merged:
            break
        first = int(np.searchsorted(times, times[k] - _WITHIN_S))
        away = _away_m(points[first:k] - points[k], narrow)
        near = np.flatnonzero((away < _NEAR_M) & (category[first:k] == category[k])) + first
        near = np.array([one for one in near.tolist() if one not in found])
        if near.size and cases[k].grid_id is not None:
            found[k] = int(near[-1])
    return found


def _away_m(apart: NDArray[np.float64], narrow: float) -> NDArray[np.float64]:
    east, north = apart[:, 0] * narrow, apart[:, 1]
    return np.asarray(np.hypot(east, north) * _METRES_PER_DEGREE)


def _fates(
    cases: Sequence[Incident], originals: dict[int, int], profile: LivingProfile
) -> list[str]:
    """The end of every case: exactly as many of each as the profile says."""
    fates = [CLOSED] * len(cases)
    kept = set(originals.values())
    for number in originals:
        fates[number] = _MERGED
    void = [k for k, case in enumerate(cases) if case.grid_id is None and k not in kept]
    free = [k for k in range(len(cases)) if fates[k] == CLOSED and k not in kept]
    drawn = generator(profile.seed, "fates").permutation(np.setdiff1d(free, void)).tolist()
    suspended = drawn[: profile.suspended]
    more = len(cases) - profile.closed - len(originals) - len(suspended) - len(void)
    void += drawn[profile.suspended : profile.suspended + max(more, 0)]
    for names, fate in ((suspended, SUSPENDED), (void, VOID)):
        for number in names:
            fates[number] = fate
    return fates


def _merge(case: Incident, into: Incident, cast: Cast) -> Deed:
    """Merged into the case that it repeats, half an hour after it came, by the centre."""
    return Deed(
        at=case.received_at + timedelta(minutes=30),
        action=Action.MERGE,
        standing=cast.centre,
        given={"into": into.number, "into_case": into},
    )
