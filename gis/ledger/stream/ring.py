"""The newest events of the stream in memory: what every open stream reads from."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

__all__ = ["Event", "Ring", "Wish"]


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the stream, ready to be sent."""

    id: int
    topic: str
    audience: frozenset[str]
    frame: bytes


@dataclass(frozen=True, slots=True)
class Wish:
    """What a viewer is told: the keys they hold, and the topics they asked for (none: all)."""

    keys: frozenset[str]
    topics: frozenset[str] = frozenset()

    def takes(self, event: Event) -> bool:
        return not self.keys.isdisjoint(event.audience) and (
            not self.topics or event.topic in self.topics
        )


class Ring:
    """At least the `most` newest events and at most twice as many, in order.

    Nothing with an id above `floor` and up to `newest` is missing.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._events: list[Event] = []
        self.floor = self.newest = 0

    def restart(self, events: Sequence[Event]) -> None:
        """Begin anew with the newest rows of the table, in order."""
        self._events = list(events)
        self.floor = self.newest = 0
        if events:
            # What was before the first one is not known to be here.
            self.floor, self.newest = events[0].id, events[-1].id

    def append(self, events: Sequence[Event]) -> None:
        """Events that follow the newest, in order. Cut now and then, since a cut costs a copy."""
        self._events += events
        self.newest = events[-1].id
        if len(self._events) > 2 * self._most:
            cut = len(self._events) - self._most
            self.floor = self._events[cut - 1].id
            del self._events[:cut]

    def after(self, id: int, most: int) -> list[Event]:
        """Up to `most` events that follow `id`, which must not be below `floor`."""
        start = bisect_right(self._events, id, key=attrgetter("id"))
        return self._events[start : start + most]
