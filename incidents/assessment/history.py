"""What was done to cases, as far as it is scored, read from their chains and clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis.ledger.models import AuditEvent
from incidents.assessment.scoring import Facts, Run
from incidents.choices import Step
from incidents.models import Clock, Incident
from incidents.services.chronicle import chain_of

__all__ = ["SCORED_AFTER", "History", "Scoring", "histories_of"]

_PREFIX = "incident."
# What a score is made of; of these, those after which there is something new to score.
_DISPATCHED = ("dispatched", "routed", "ruled")
_HANDLED = ("handled", "self_handled")
_COUNTED = {"reworked": "rework", "suspended": "suspended", "extended": "extended"}
_SCORED = ("closed", "self_handled", "called_back", "surveyed", "reopened")
_READ = [_PREFIX + name for name in {*_DISPATCHED, *_HANDLED, *_COUNTED, *_SCORED}]
SCORED_AFTER = frozenset(_PREFIX + name for name in _SCORED)
_STEPS = {Step.DISPATCH: "dispatch", Step.CHECK_IN: "check_in", Step.HANDLE: "handle",
          Step.CLOSE: "close"}  # fmt: skip
_OF_UNIT = (Step.CHECK_IN, Step.HANDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """An instant at which a closing is scored, with what was known of it then."""

    case: Incident
    closing: int
    sequence: int
    at: datetime
    closed_at: datetime
    unit: str
    person_id: int | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class History:
    """Every scoring of a case so far, in order, and whether it is closed after the last."""

    case: Incident
    scorings: list[Scoring]
    is_closed: bool


@dataclass(slots=True)
class _Round:
    """From a case's beginning, or its reopening, to its closing."""

    since: datetime | None = None
    closed_at: datetime | None = None
    unit: str = ""
    person_id: int | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED.values(), 0))
    answers: list[int | None] = field(default_factory=list)


def histories_of(cases: Sequence[Incident], units: dict[str, int]) -> Iterator[History]:
    """The scorings of each case, in order: two queries for all.

    `units` are the keys of the place's units by code.
    """
    clocks = _clocks(cases)
    events = _events(cases)
    for case in cases:
        yield _history(case, events[case.number], clocks[case.pk], units)


def _events(cases: Sequence[Incident]) -> dict[str, list[tuple[Any, ...]]]:
    chains = [chain_of(case) for case in cases]
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    rows = AuditEvent.objects.filter(chain__in=chains, action__in=_READ).order_by("sequence")
    for chain, *told in rows.values_list("chain", "sequence", "action", "at", "actor_id", "data"):
        found[chain.removeprefix("incident:")].append(tuple(told))
    return found


def _clocks(cases: Sequence[Incident]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = Clock.objects.filter(
        incident__in=[case.pk for case in cases], step__in=_STEPS, ended_at__isnull=False
    ).order_by("pk")
    for key, *told in rows.values_list(
        "incident_id", "step", "unit_id", "started_at", "due_at", "ended_at"
    ):
        found[key].append(tuple(told))
    return found


def _history(
    case: Incident, events: Iterable[tuple[Any, ...]], clocks: Sequence[tuple[Any, ...]],
    units: dict[str, int],
) -> History:  # fmt: skip
    now, closing = _Round(), 0
    found: list[Scoring] = []
    for sequence, action, at, actor_id, data in events:
        name = action.removeprefix(_PREFIX)
        if now.closed_at is None:
            _work(now, name, actor_id, data)
            is_scored = name == "closed" or (name == "self_handled" and data["to"] == "closed")
            if is_scored:
                now.closed_at, closing = at, closing + 1
        else:
            is_scored = "score" in data
            if is_scored:
                now.answers.append(data["score"])
        if is_scored:
            found.append(_scoring(case, now, closing, sequence, at, clocks, units))
        if name == "reopened":
            now = _Round(since=at)
    return History(case, found, now.closed_at is not None)


def _work(now: _Round, name: str, actor_id: int | None, data: dict[str, Any]) -> None:
    if name in _DISPATCHED:
        now.unit = data["unit"]
    elif name in _COUNTED:
        now.counts[_COUNTED[name]] += 1
    elif name in _HANDLED:
        now.person_id = actor_id
        # Nobody was sent: whoever was on the case before is not on it any more.
        now.unit = "" if name == "self_handled" else now.unit


def _scoring(
    case: Incident, now: _Round, closing: int, sequence: int, at: datetime,
    clocks: Sequence[tuple[Any, ...]], units: dict[str, int],
) -> Scoring:  # fmt: skip
    closed_at = now.closed_at or at
    return Scoring(
        case=case,
        closing=closing,
        sequence=sequence,
        at=at,
        closed_at=closed_at,
        unit=now.unit,
        person_id=now.person_id,
        facts=Facts(
            runs=_runs(now.since, closed_at, units.get(now.unit), clocks),
            counts={**now.counts, "reopened": closing - 1},
            answers=tuple(now.answers),
        ),
    )


def _runs(
    since: datetime | None, until: datetime, unit: int | None, clocks: Sequence[tuple[Any, ...]]
) -> dict[str, tuple[Run, ...]]:
    """The clocks of a round; of what a unit owes, those of the unit that led in the end."""
    found: dict[str, list[Run]] = {name: [] for name in _STEPS.values()}
    for step, owner, started_at, due_at, ended_at in clocks:
        in_round = (since is None or started_at >= since) and ended_at <= until
        if in_round and (step not in _OF_UNIT or (unit is not None and owner == unit)):
            found[_STEPS[step]].append(Run(due_at, ended_at))
    return {name: tuple(runs) for name, runs in found.items()}
