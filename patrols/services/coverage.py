"""Coverage of local days and weeks, kept as rows: derived from fixes, and again when more come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from grids.choices import EditionState
from grids.models import Edition, Grid
from patrols.choices import Period
from patrols.models import Coverage
from patrols.selectors.coverage import WITHIN_M, seen_in
from patrols.selectors.periods import begin_of, days_of
from patrols.selectors.tracks import raw_from, stored_stamp

__all__ = ["derive", "derive_late", "derive_today", "is_final"]

# Fixes come up to seven days late.
LATE_DAYS = 8


def derive_today(*, now: datetime) -> int:
    """Bring the rows of every edition in force up to date for its local day; how many were new."""
    return sum(derive(edition, today) for edition, today in _todays(now))


def derive_late(*, now: datetime) -> int:
    """The same of the days and of the week before, for which something may have come late."""
    made = 0
    for edition, today in _todays(now):
        days = [today - timedelta(days=k) for k in range(LATE_DAYS, 0, -1)]
        made += sum(derive(edition, day) for day in days)
        made += derive(edition, days[0], period=Period.WEEK)
    return made


@transaction.atomic
def derive(
    edition: Edition, day: date, *, period: Period = Period.DAY, within_m: int = WITHIN_M
) -> int:
    """Write one row for each grid of `edition`; how many, 0 when they were up to date already.

    Rows are final when the first fixes of their time are gone. Another process that is at it
    already waits, and then finds nothing to do.
    """
    days, first = days_of(edition.place, period, day), begin_of(period, day)
    with connection.cursor() as cursor:
        lock = f"coverage:{edition.pk}:{period}:{first}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    if is_final(edition, day, period=period, within_m=within_m):
        return 0
    batches = stored_stamp(days[0][0], days[-1][1])[0]
    rows = seen_in(edition, days, within_m)
    keys = dict(Grid.objects.of(edition).values_list("code", "pk"))
    made = [
        Coverage(
            grid_id=keys[row.grid_code],
            period=period,
            day=first,
            within_m=within_m,
            share=min(row.share, 1.0),
            quality=row.quality,
            fixes=row.fixes,
            batches=batches,
        )
        for row in rows
    ]
    Coverage.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["grid", "period", "day", "within_m"],
        update_fields=["share", "quality", "fixes", "batches"],
    )
    return len(made)


def is_final(
    edition: Edition, day: date, *, period: Period = Period.DAY, within_m: int = WITHIN_M
) -> bool:
    """Whether the rows hold all that is stored, or nothing is, or the first fixes are gone."""
    days, gone = days_of(edition.place, period, day), raw_from()
    if gone is not None and days[0][0] < gone:
        return True
    batches = stored_stamp(days[0][0], days[-1][1])[0]
    there = Coverage.objects.filter(
        grid__edition=edition, period=period, day=begin_of(period, day), within_m=within_m
    )
    kept = there.values_list("batches", flat=True).first()
    return kept == batches or (kept is None and batches == 0)


def _todays(now: datetime) -> Iterator[tuple[Edition, date]]:
    editions = Edition.objects.filter(state=EditionState.IN_FORCE).select_related("place")
    for edition in editions:
        yield edition, now.astimezone(ZoneInfo(edition.place.time_zone)).date()
