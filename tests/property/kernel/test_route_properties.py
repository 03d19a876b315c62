"""The best walk beside all walks there are, and beside a greedy one."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.kernel.errors import InvalidInput
from gis.kernel.route import MOST_PLACES, best_route

# Quarters of a minute: their sums are exact, whatever their order.
minutes = st.integers(0, 160).map(lambda n: n / 4)


@st.composite
def walks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float, int]:
    n = draw(st.integers(0, 5))

    def row() -> list[float]:
        return draw(st.lists(minutes, min_size=n, max_size=n))

    between = np.array([row() for _ in range(n)]).reshape(n, n)
    budget, most = draw(st.integers(0, 480)) / 4, draw(st.integers(0, 5))
    return np.array(row()), between, np.array(row()), np.array(row()), budget, most


def taken(order: tuple[int, ...], walk: tuple[Any, ...]) -> float:
    first, between, stay = walk[:3]
    spent, before = 0.0, None
    for place in order:
        spent += (first[place] if before is None else between[before, place]) + stay[place]
        before = place
    return spent


def every_walk(walk: tuple[Any, ...]) -> tuple[float, float]:
    n, value, budget, most = len(walk[0]), walk[3], walk[4], walk[5]
    orders = [one for k in range(min(n, most) + 1) for one in permutations(range(n), k)]
    held = [one for one in orders if not one or taken(one, walk) <= budget]
    best = max(sum(value[list(one)]) for one in held)
    return best, min(taken(one, walk) for one in held if sum(value[list(one)]) == best)


def greedy(walk: tuple[Any, ...]) -> float:
    """Always on to the most valuable place that still fits."""
    n, value, budget, most = len(walk[0]), walk[3], walk[4], walk[5]
    order: tuple[int, ...] = ()
    while len(order) < most:
        fits = [k for k in range(n) if k not in order and taken((*order, k), walk) <= budget]
        if not fits:
            break
        order = (*order, max(fits, key=lambda k: value[k]))
    return float(sum(value[list(order)]))


@given(walks())
def test_it_is_the_best_of_all_walks(walk: tuple[Any, ...]) -> None:
    *numbers, budget, most = walk
    route = best_route(*numbers, budget=budget, most=most)
    assert (route.value, route.minutes) == every_walk(walk)
    assert route.value >= greedy(walk)
    assert route.minutes == taken(route.order, walk) <= budget
    assert len(route.order) == len(set(route.order)) <= most
    ends = [arrival + numbers[2][k] for arrival, k in zip(route.arrivals, route.order, strict=True)]
    assert ends == [taken(route.order[: k + 1], walk) for k in range(len(route.order))]


def test_eight_places_are_enough_and_nine_are_refused() -> None:
    n = MOST_PLACES
    route = best_route(np.ones(n), np.ones((n, n)), np.ones(n), np.ones(n), budget=16)
    assert len(route.order) == n
    with pytest.raises(InvalidInput):
        best_route(*[np.ones(n + 1), np.ones((n + 1, n + 1))], *[np.ones(n + 1)] * 2, budget=1)
    with pytest.raises(InvalidInput):
        best_route([np.nan], [[0.0]], [0.0], [1.0], budget=1)
    with pytest.raises(InvalidInput):
        best_route([1.0], [[0.0]], [0.0], [-1.0], budget=1)
