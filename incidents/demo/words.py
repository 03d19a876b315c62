"""What the reports of the history say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from incidents.demo.profile import HistoryProfile

__all__ = ["Wording", "wordings"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A description in parts: where, what is wrong, what is asked for."""

    category: str
    spot: str
    problem: str
    ask: str

    @property
    def text(self) -> str:
        return f"{self.spot}{self.problem}{self.ask}"

    def said_otherwise(self, other: Wording) -> Wording:
        """The same thing at the same spot, as somebody else puts it."""
        return replace(self, problem=other.problem, ask=other.ask)


def wordings(
    profile: HistoryProfile, kinds: Sequence[str], codes: Sequence[str], rng: np.random.Generator
) -> list[Wording]:
    """A wording for each report of those kinds and category codes."""
    draws = rng.random((len(codes), 4)).tolist()
    return [
        _wording(profile, kind, code, draw)
        for kind, code, draw in zip(kinds, codes, draws, strict=True)
    ]


def _wording(profile: HistoryProfile, kind: str, code: str, draw: list[float]) -> Wording:
    words = profile.words[code]
    # The first group is where a category belongs; the others are met half as often.
    group = words.spots[int(draw[0] ** 1.5 * len(words.spots))]
    return Wording(
        category=code,
        spot=_pick(profile.spot_words[group], draw[1]),
        problem=_pick(words.problems, draw[2]),
        ask=_pick(profile.asks[kind], draw[3]),
    )


def _pick(choices: Sequence[str], draw: float) -> str:
    return choices[int(draw * len(choices))]
