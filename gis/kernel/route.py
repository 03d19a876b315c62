"""Which of a few places to go to in the time there is, and in which order: exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.kernel.errors import InvalidInput

__all__ = ["MOST_PLACES", "Route", "best_route"]

MOST_PLACES = 8
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Route:
    """Places in the order they are gone to, the minute of arrival at each, and the minute it ends.

    `value` is the sum of the values of its places.
    """

    order: tuple[int, ...]
    arrivals: tuple[float, ...]
    minutes: float
    value: float


def best_route(
    from_here: ArrayLike,
    between: ArrayLike,
    stay: ArrayLike,
    value: ArrayLike,
    *,
    budget: float,
    most: int = MOST_PLACES,
) -> Route:
    """The walk of the greatest value that ends within `budget`, of at most `most` places.

    Minutes throughout: `from_here` (n,) to each place, `between` (n, n), `stay` (n,) at each;
    `value` (n,) is not negative. It need not come back. Of equal values the shorter walk wins. The
    shortest order of each set of places is found by dynamic programming (Held and Karp, 1962), so
    the answer is exact. Raises `InvalidInput` for more than `MOST_PLACES`, and for numbers that are
    negative or not finite.
    """
    first, step, wait, worth = (
        np.asarray(one, np.float64) for one in (from_here, between, stay, value)
    )
    n = len(first)
    if n > MOST_PLACES:
        raise InvalidInput(f"最多 {MOST_PLACES} 处 (at most {MOST_PLACES} places)", "value")
    if step.shape != (n, n) and n:
        raise InvalidInput("须为方阵 (must be square)", "between")
    for name, one in (("from_here", first), ("between", step), ("stay", wait), ("value", worth)):
        if not (np.isfinite(one).all() and (one >= 0).all()):
            raise InvalidInput("须为非负数 (must be finite and not negative)", name)
    ends = _shortest(first, step, wait, budget, most)
    best: tuple[float, float, tuple[int, ...]] = (0.0, 0.0, ())
    for minutes, order in ends.values():
        total = float(sum(sorted(worth[list(order)].tolist())))
        if (-total, minutes, order) < (-best[0], best[1], best[2]):
            best = total, minutes, order
    total, minutes, order = best
    return Route(order, _arrivals(order, first, step, wait), minutes, total)


def _shortest(
    first: FloatArray, step: FloatArray, wait: FloatArray, budget: float, most: int
) -> dict[tuple[int, int], tuple[float, tuple[int, ...]]]:
    """For each set of places (bits) and its last one: the least minutes within budget, the order.

    Legs need not obey the triangle inequality: a set is reached through any of its subsets that is
    one place smaller, each of which ends within the budget if the whole does.
    """
    n = len(first)
    reached: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {
        (1 << k, k): (float(first[k] + wait[k]), (k,))
        for k in range(n)
        if most > 0 and first[k] + wait[k] <= budget
    }
    ring = reached
    for _ in range(1, min(n, most)):
        wider: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}
        for (places, last), (minutes, order) in ring.items():
            for k in range(n):
                if places >> k & 1:
                    continue
                told = float(minutes + step[last, k] + wait[k]), (*order, k)
                key = (places | 1 << k, k)
                if told[0] <= budget and (key not in wider or told < wider[key]):
                    wider[key] = told
        reached = reached | wider
        ring = wider
    return reached


def _arrivals(
    order: Sequence[int], first: FloatArray, step: FloatArray, wait: FloatArray
) -> tuple[float, ...]:
    found: list[float] = []
    for k, place in enumerate(order):
        before = order[k - 1] if k else None
        leg = first[place] if before is None else wait[before] + step[before, place]
        found.append(float(leg + (found[-1] if found else 0.0)))
    return tuple(found)
