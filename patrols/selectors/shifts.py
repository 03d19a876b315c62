"""Which fixes belong to a shift."""

from __future__ import annotations

from datetime import UTC, datetime

from patrols.models import Shift

__all__ = ["span_of"]

# Later than anything that can be stored, and not so late that a few days more overflow.
ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)


def span_of(shift: Shift) -> tuple[datetime, datetime]:
    """From the shift's start until its worker's next begins.

    A phone that is offline tells the end of a shift after fixes that are later: they belong to it,
    so that each fix belongs to one shift, and none to no shift.
    """
    later = Shift.objects.filter(worker=shift.worker_id, started_at__gt=shift.started_at)
    following = later.order_by("started_at").values_list("started_at", flat=True).first()
    return shift.started_at, following or ALWAYS
