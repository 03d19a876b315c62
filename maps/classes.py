"""Quantile classes of a choropleth, with limits that can be written as they are applied."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


def spread(colours: Sequence[str], count: int) -> list[str]:
    """Take `count` of the colours, evenly from the first to the last; one alone is the last."""
    if count == 1:
        return [colours[-1]]
    return [colours[round(i * (len(colours) - 1) / (count - 1))] for i in range(count)]


@dataclass(frozen=True)
class Step:
    """Values of `low` up to `high` (`low` of the next class; None: no end)."""

    colour: str
    low: float
    high: float | None
    count: int
    places: int


@dataclass(frozen=True)
class Classes:
    steps: list[Step]

    @classmethod
    def of(cls, values: Iterable[float | None], colours: Sequence[str], *, places: int) -> Classes:
        """Divide the values above zero into classes of about equal size, one for each colour.

        Limits are rounded to `places` decimals before anything is put into a class. Equal values
        never part, so few different values give fewer classes.
        """
        above = sorted(value for value in values if value)
        if not above:
            return cls([])
        shares = np.arange(len(colours)) / len(colours)
        cuts = {round(float(cut), places) for cut in np.quantile(above, shares, method="lower")}
        lows = sorted(cuts | {min(above[0], round(above[0], places))})[-len(colours) :]
        lows[0] = min(lows[0], above[0])
        starts = [bisect.bisect_left(above, low) for low in lows] + [len(above)]
        shades = spread(colours, len(lows))
        highs: list[float | None] = [*lows[1:], None]
        return cls(
            [
                Step(shade, low, high, end - start, places)
                for shade, low, high, (start, end) in zip(
                    shades, lows, highs, pairwise(starts), strict=True
                )
            ]
        )

    def colour(self, value: float) -> str | None:
        """The colour of a value above zero; None for zero."""
        if value <= 0 or not self.steps:
            return None
        place = bisect.bisect_right([step.low for step in self.steps], value) - 1
        return self.steps[max(place, 0)].colour
