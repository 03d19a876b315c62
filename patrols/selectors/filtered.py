"""What came in on a day, and what of it was refused or marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from grids.querysets import Viewer
from patrols.models import FixBatch

__all__ = ["Filtered", "filtered_between"]


@dataclass(frozen=True, slots=True)
class Filtered:
    """Counts of fixes; `refused` and `flagged` by reason."""

    sent: int
    stored: int
    duplicates: int
    refused: dict[str, int]
    flagged: dict[str, int]


def filtered_between(viewer: Viewer, since: datetime, until: datetime) -> Filtered:
    """Of the batches that `viewer` may see, received from `since` until `until` (not included)."""
    batches = FixBatch.objects.for_user(viewer).filter(
        received_at__gte=since, received_at__lt=until
    )
    sums = batches.aggregate(*(Sum(name, default=0) for name in ("sent", "stored", "duplicates")))
    refused, flagged = Counter[str](), Counter[str]()
    # Most batches have nothing to tell.
    told = batches.exclude(Q(refused={}) & Q(flagged={})).order_by()
    for one, other in told.values_list("refused", "flagged").iterator():
        refused.update(one)
        flagged.update(other)
    return Filtered(
        sums["sent__sum"],
        sums["stored__sum"],
        sums["duplicates__sum"],
        dict(sorted(refused.items())),
        dict(sorted(flagged.items())),
    )
