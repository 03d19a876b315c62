"""Who has looked at a person's track."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gis.ledger.models import AuditEvent
from grids.models import User

__all__ = ["Look", "looks_at"]

MOST = 50


@dataclass(frozen=True, slots=True)
class Look:
    """`by` looked at the track of a local `day`."""

    at: datetime
    by: User | None
    day: date


def looks_at(worker: User, *, most: int = MOST) -> list[Look]:
    """The newest looks at the tracks of `worker`, their own left out."""
    chain = AuditEvent.objects.filter(chain=f"track:{worker.pk}", action="track.viewed")
    events = list(chain.exclude(actor=worker.pk).order_by("-sequence")[:most])
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [
        Look(event.at, people.get(event.actor_id), date.fromisoformat(event.data["day"]))
        for event in events
    ]
