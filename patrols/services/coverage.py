"""Coverage of a local day, kept as rows: derived from fixes, and made again when more have come."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from grids.choices import EditionState
from grids.models import Edition, Grid
from patrols.models import Coverage
from patrols.selectors.coverage import WITHIN_M, coverage_rows, day_of
from patrols.selectors.tracks import stored_stamp

__all__ = ["derive_day", "derive_today"]


def derive_today(*, now: datetime) -> int:
    """Bring the rows of every edition in force up to date for its local day; how many were new."""
    editions = Edition.objects.filter(state=EditionState.IN_FORCE).select_related("place")
    return sum(
        derive_day(edition, now.astimezone(ZoneInfo(edition.place.time_zone)).date())
        for edition in editions
    )


@transaction.atomic
def derive_day(edition: Edition, day: date, *, within_m: int = WITHIN_M) -> int:
    """Write one row for each grid of `edition`; how many, 0 when they were up to date already.

    Another process that is at it already waits, and then finds nothing to do.
    """
    since, until = day_of(edition.place, day)
    with connection.cursor() as cursor:
        lock = f"coverage:{edition.pk}:{day}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    batches = stored_stamp(since, until)[0]
    there = Coverage.objects.filter(grid__edition=edition, day=day, within_m=within_m)
    kept = there.values_list("batches", flat=True).first()
    if kept == batches or (kept is None and batches == 0):
        return 0
    rows = coverage_rows(edition, since=since, until=until, within_m=within_m)
    keys = dict(Grid.objects.of(edition).values_list("code", "pk"))
    made = [
        Coverage(
            grid_id=keys[row.grid_code],
            day=day,
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
        unique_fields=["grid", "day", "within_m"],
        update_fields=["share", "quality", "fixes", "batches"],
    )
    return len(made)
