"""Signs of life of the background parts."""

from datetime import datetime

from gis.ledger.models import Heartbeat


def beat(part: str, *, now: datetime) -> None:
    """`part` did its work at `now`."""
    Heartbeat.objects.update_or_create(part=part, defaults={"beaten_at": now})


def last(part: str) -> datetime | None:
    """When `part` last gave a sign of life."""
    row = Heartbeat.objects.filter(part=part).first()
    return row.beaten_at if row else None
