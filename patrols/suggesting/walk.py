"""A walk over the best of what may be suggested, from where a worker stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis.kernel.route import MOST_PLACES, best_route
from grids.models import User
from patrols.selectors.mine import Rounds
from patrols.selectors.recorded import surface_of
from patrols.suggesting.numbers import Numbers
from patrols.suggesting.places import Candidate, places_of

__all__ = ["MOST_STOPS", "Stop", "Suggestion", "suggest"]

FloatArray = NDArray[np.float64]
MOST_STOPS = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of the walk: metres from where one stands (straight), minutes until one is there."""

    place: Candidate
    value: float
    away_m: float
    bearing_deg: float
    walk_minutes: float
    arrive_minutes: float
    stay_minutes: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Stops in order. `considered` places might have been worth it, `reachable` of them in time."""

    stops: tuple[Stop, ...]
    minutes: float
    considered: int
    reachable: int


def suggest(
    worker: User, rounds: Rounds, *, lon: float, lat: float, minutes: float, now: datetime
) -> Suggestion | None:
    """Up to `MOST_STOPS` places on the worker's grids within `minutes` from lon, lat (WGS-84).

    None for a position that is not in the place. Nothing of it is stored.
    """
    numbers = Numbers.set_up()
    (x,), (y,), (held,) = surface_of(rounds.place)[0].metres([lon], [lat])
    if not held:
        return None
    places = [one for one in places_of(worker, rounds, numbers, now) if one.value(numbers) > 0]
    at = np.array([(one.x_m, one.y_m) for one in places]).reshape(-1, 2)
    stay = np.array([_stay(one, numbers) for one in places])
    away = np.hypot(at[:, 0] - x, at[:, 1] - y)
    value = np.array([one.value(numbers) for one in places])
    cost = numbers.walk_minutes(away) + stay
    chosen = _shortlist(value, cost, minutes)
    here = at[chosen]
    between = np.hypot(*(here[:, None, k] - here[None, :, k] for k in (0, 1)))
    legs = numbers.walk_minutes(between)
    route = best_route(
        numbers.walk_minutes(away[chosen]), legs, stay[chosen], value[chosen],
        budget=minutes, most=MOST_STOPS,
    )  # fmt: skip
    stops, left_at = [], 0.0
    for k, arrive in zip(route.order, route.arrivals, strict=True):
        place, wait = places[chosen[k]], float(stay[chosen[k]])
        bearing = float(np.degrees(np.arctan2(place.x_m - x, place.y_m - y)) % 360)
        away_m = float(away[chosen[k]])
        worth = float(value[chosen[k]])
        stops.append(Stop(place, worth, away_m, bearing, arrive - left_at, arrive, wait))
        left_at = arrive + wait
    return Suggestion(tuple(stops), route.minutes, len(places), int((cost <= minutes).sum()))


def _shortlist(value: FloatArray, cost: FloatArray, budget: float) -> NDArray[np.intp]:
    """At most `MOST_PLACES` that can be reached: half by value, the rest by value for the time."""
    fits = np.flatnonzero(cost <= budget)
    by_value = fits[np.lexsort((cost[fits], -value[fits]))][: MOST_PLACES // 2]
    rest = np.setdiff1d(fits, by_value)
    by_time = rest[np.argsort(-value[rest] / np.maximum(cost[rest], 1.0), kind="stable")]
    return np.concatenate([by_value, by_time[: MOST_PLACES - len(by_value)]])


def _stay(place: Candidate, numbers: Numbers) -> float:
    return numbers.stay_cells_min if place.spot is None else numbers.stay_spot_min
