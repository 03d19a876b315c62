"""Where a falling function crosses zero."""

import math
from collections.abc import Callable

__all__ = ["falling_root"]

_MOST_STEPS = 200


def falling_root(
    function: Callable[[float], float], low: float, high: float, tolerance: float
) -> float:
    """Return where a function that is ≥ 0 at `low` and ≤ 0 at `high` crosses zero.

    Secants between the ends; an end that stays is halved in weight (Illinois), and what three steps
    did not halve is bisected, so that the bracket surely closes.

    >>> round(falling_root(lambda x: 2.0 - x * x, 0.0, 2.0, 1e-12), 9)
    1.414213562
    """
    at_low, at_high, kept = function(low), function(high), 0
    widths = [math.inf] * 3
    for _ in range(_MOST_STEPS):
        width = high - low
        if width <= tolerance or at_low == at_high:
            break
        middle = (low + high) / 2.0
        if width <= 0.5 * widths.pop(0):
            # Half a tolerance inside of the nearer end: else the farther one would never follow.
            secant = low + width * at_low / (at_low - at_high)
            middle = min(max(secant, low + tolerance / 2.0), high - tolerance / 2.0)
        widths.append(width)
        value = function(middle)
        if value == 0.0:
            return middle
        if value > 0.0:
            low, at_low = middle, value
            at_high, kept = (at_high / 2.0 if kept == 1 else at_high), 1
        else:
            high, at_high = middle, value
            at_low, kept = (at_low / 2.0 if kept == -1 else at_low), -1
    return (low + high) / 2.0
