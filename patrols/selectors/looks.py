"""Who has looked at where a person is or was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from gis.ledger.models import AuditEvent
from grids.models import User

__all__ = ["Look", "looks_at"]

MOST = 50


@dataclass(frozen=True, slots=True)
class Look:
    """`by` looked at the track of a local `day`; None when it was the position of that moment."""

    at: datetime
    by: User | None
    day: date | None


def looks_at(worker: User, *, most: int = MOST) -> list[Look]:
    """The newest looks at the tracks and positions of `worker`, their own left out."""
    track = Q(chain=f"track:{worker.pk}", action="track.viewed")
    live = Q(chain=f"positions:{worker.place_id}", data__workers__contains=[worker.pk])
    seen = AuditEvent.objects.filter(track | live).exclude(actor=worker.pk)
    events = list(seen.order_by("-at", "-pk")[:most])
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [Look(event.at, people.get(event.actor_id), _day(event)) for event in events]


def _day(event: AuditEvent) -> date | None:
    told = event.data.get("day")
    return date.fromisoformat(told) if told else None
