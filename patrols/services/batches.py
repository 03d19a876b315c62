"""What came in on days long gone: one row for each sender and local day, with the same sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from grids.models import Place
from patrols.models import FixBatch
from patrols.selectors.coverage import day_of
from patrols.selectors.tracks import raw_from

__all__ = ["alone", "sum_up"]

# A batch that came before may hold fixes of shortly after.
SPARE = timedelta(days=2)
_SUMS = ("sent", "stored", "duplicates")


def alone(gone: datetime | None = None) -> QuerySet[FixBatch]:
    """Batches that came before the fixes that are there (or before `gone`), each still a row."""
    gone = gone or raw_from()
    if gone is None:
        return FixBatch.objects.none()
    return FixBatch.objects.filter(
        is_sum=False, place__isnull=False, received_at__lt=gone - SPARE
    ).order_by("received_at")


def sum_up() -> int:
    """Put the batches of each sender and day together, day by day; how many rows went."""
    went = 0
    for place in Place.objects.all():
        zone = ZoneInfo(place.time_zone)
        while (first := alone().filter(place=place).first()) is not None:
            since, until = day_of(place, first.received_at.astimezone(zone).date())
            went += _sum_day(place, since, until)
    return went


@transaction.atomic
def _sum_day(place: Place, since: datetime, until: datetime) -> int:
    rows = FixBatch.objects.filter(place=place, received_at__gte=since, received_at__lt=until)
    # Two that do it at once: the other finds none left, or those that we made.
    found = list(rows.select_for_update().order_by("received_at"))
    by_sender: dict[tuple[int | None, bool], list[FixBatch]] = {}
    for row in found:
        by_sender.setdefault((row.sender_id, row.is_simulated), []).append(row)
    FixBatch.objects.filter(pk__in=[row.pk for row in found]).delete()
    FixBatch.objects.bulk_create(_sum(place, mine) for mine in by_sender.values())
    return len(found) - len(by_sender)


def _sum(place: Place, rows: list[FixBatch]) -> FixBatch:
    return FixBatch(
        sender_id=rows[0].sender_id,
        place=place,
        received_at=rows[0].received_at,
        first_at=min(row.first_at for row in rows),
        last_at=max(row.last_at for row in rows),
        **{name: sum(getattr(row, name) for row in rows) for name in _SUMS},
        refused=_added(row.refused for row in rows),
        flagged=_added(row.flagged for row in rows),
        is_simulated=rows[0].is_simulated,
        is_recorded=all(row.is_recorded for row in rows),
        is_sum=True,
    )


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))
