"""A case with what is open about it, and what a change of it has touched so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from incidents.choices import Outcome, Part
from incidents.models import Assignment, Clock, Incident, Request, Supervision

__all__ = ["Docket", "Waiting"]


@dataclass(slots=True)
class Waiting:
    """What waits for somebody's word: requests to be decided, an order to be answered."""

    requests: list[Request] = field(default_factory=list)
    supervision: Supervision | None = None


@dataclass(slots=True)
class Docket:
    """A case, its clocks that have not ended, the units that are on it, and what waits for a word.

    The rules change these objects; whoever writes takes `touched` (rows that changed) and `added`
    (new ones, in order), so that one case and nine thousand are changed by the same code. `kept`
    may hold what rows (by `id`) said when they were read. `ask` reads what waits when a rule first
    asks for it: most do not.
    """

    case: Incident
    clocks: list[Clock] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    ask: Callable[[], Waiting] = Waiting
    touched: list[Model] = field(default_factory=list)
    added: list[Model] = field(default_factory=list)
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    _waiting: Waiting | None = None

    @property
    def waiting(self) -> Waiting:
        if self._waiting is None:
            self._waiting = self.ask()
        return self._waiting

    @property
    def requests(self) -> list[Request]:
        return self.waiting.requests

    @property
    def supervision(self) -> Supervision | None:
        return self.waiting.supervision

    def add(self, row: Model) -> None:
        """A new row, which goes in once."""
        self.added.append(row)
        if isinstance(row, Clock):
            self.clocks.append(row)
        elif isinstance(row, Assignment):
            self.assignments.append(row)
        elif isinstance(row, Request):
            self.requests.append(row)
        elif isinstance(row, Supervision):
            self.waiting.supervision = row

    def touch(self, row: Model) -> None:
        """A row that was there and has changed."""
        if not any(row is one for one in (*self.touched, *self.added)):
            self.touched.append(row)

    def lead(self) -> Assignment | None:
        """The unit that leads now."""
        return next((one for one in self.assignments if one.part == Part.LEAD), None)

    def pending(self, action: str) -> Request | None:
        """What was asked for by `action` and nobody has decided."""
        return next((one for one in self.requests if one.action == action), None)

    def unit_ids(self, *parts: Part) -> set[int]:
        """The units that are on the case in one of `parts`."""
        return {one.unit_id for one in self.assignments if one.part in parts}

    def relieve(self, at: Any, rows: Iterable[Assignment] | None = None) -> None:
        """Units leave the case: all, or those given."""
        for one in list(self.assignments if rows is None else rows):
            one.until = at
            self.touch(one)
            self.assignments.remove(one)

    def lapse(self, at: Any) -> None:
        """Requests that make no sense any more, since the case went on without them."""
        for one in self.requests:
            one.outcome, one.decided_at = Outcome.LAPSED, at
            self.touch(one)
        self.requests.clear()
