"""From what happened to its score: pure, line by line, exact to a hundredth of a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from incidents.assessment.weights import PARTS, Weights

__all__ = ["Facts", "Marks", "Run", "add_up", "score"]

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Run:
    """A clock of a step that has ended."""

    due_at: datetime
    ended_at: datetime

    @property
    def is_late(self) -> bool:
        return self.ended_at > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a closing of a case is judged by.

    `runs` has the clocks of each step that count for it. `answers` are what was said of the closing
    so far, None where nobody was reached.
    """

    runs: dict[str, tuple[Run, ...]]
    counts: dict[str, int]
    answers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """A score, its three parts and the lines that add up to it."""

    responsiveness: Decimal
    closure: Decimal
    satisfaction: Decimal
    score: Decimal
    lines: list[dict[str, Any]]


def score(facts: Facts, weights: Weights) -> Marks:
    """The marks of a closing."""
    lines = []
    for part, names in PARTS.items():
        for name in names:
            value, points, why = _line(name, facts, weights)
            lines.append(
                {
                    "part": part,
                    "what": name,
                    "value": value,
                    "points": float(points),
                    "of": float(weights.points[name]),
                    "why": why,
                }
            )
    return add_up(lines)


def add_up(lines: list[dict[str, Any]]) -> Marks:
    """The marks that `lines` add up to."""
    parts = {
        part: sum((_exact(one["points"]) for one in lines if one["part"] == part), Decimal(0))
        for part in PARTS
    }
    return Marks(**parts, score=sum(parts.values(), Decimal(0)), lines=lines)


def _line(name: str, facts: Facts, weights: Weights) -> tuple[Any, Decimal, str]:
    """What was found, the points for it, and the word for why."""
    of = weights.points[name]
    if name == "answers":
        return _satisfaction(facts.answers, of, weights)
    if name in facts.runs:
        return _in_time(facts.runs[name], of)
    times = facts.counts[name]
    lost = times * weights.each[name] if name in weights.each else (of if times else Decimal(0))
    return times, max(of - lost, Decimal(0)), "times" if times else "never"


def _in_time(runs: Sequence[Run], of: Decimal) -> tuple[Any, Decimal, str]:
    """All or nothing: one that was late is enough. A step that was not needed costs nothing."""
    if not runs:
        return None, of, "not_needed"
    run = max(runs, key=lambda one: (one.is_late, one.ended_at))
    value = {"due": run.due_at.isoformat(), "done": run.ended_at.isoformat()}
    return value, Decimal(0) if run.is_late else of, "late" if run.is_late else "in_time"


def _satisfaction(
    answers: Sequence[int | None], of: Decimal, weights: Weights
) -> tuple[Any, Decimal, str]:
    """The mean share of the answers; where there is none, the neutral share."""
    given = [one for one in answers if one is not None]
    if not given:
        why = "not_reached" if answers else "not_asked"
        return None, _cents(of * weights.answers["none"]), why
    shares = [weights.answers[str(one)] for one in given]
    return given, _cents(of * sum(shares, Decimal(0)) / len(shares)), "answered"


def _cents(points: Decimal) -> Decimal:
    return points.quantize(_CENT, ROUND_HALF_UP)


def _exact(points: float) -> Decimal:
    return _cents(Decimal(str(points)))
