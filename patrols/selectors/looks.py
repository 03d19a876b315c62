"""Who has looked at where a person is or was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q
from django.db.models.functions import TruncHour

from gis.ledger.models import AuditEvent
from grids.models import User

__all__ = ["Look", "looks_at"]

MOST = 50


@dataclass(frozen=True, slots=True)
class Look:
    """`by` looked at the track of a local `day`; None when it was the position of that moment.

    `at` is the last time within an hour: who watches the live map looks every half minute.
    """

    at: datetime
    by: User | None
    day: date | None


def looks_at(worker: User, *, most: int = MOST) -> list[Look]:
    """The newest looks at the tracks and positions of `worker`, their own left out, one an hour."""
    track = Q(chain=f"track:{worker.pk}", action="track.viewed")
    live = Q(chain=f"positions:{worker.place_id}", data__workers__contains=[worker.pk])
    seen = AuditEvent.objects.filter(track | live).exclude(actor=worker.pk)
    hourly = seen.order_by().values("actor", "data__day", hour=TruncHour("at"))
    rows = list(hourly.annotate(last=Max("at")).order_by("-last")[:most])
    people = User.objects.in_bulk({row["actor"] for row in rows if row["actor"]})
    return [Look(row["last"], people.get(row["actor"]), _day(row["data__day"])) for row in rows]


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
