"""Coverage of a day, a week or a shift: from the rows that were derived, or from what remains."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from gis.kernel.errors import WanggeError
from grids.models import Edition, Place
from patrols.choices import Period, TrackStage
from patrols.models import Coverage, Shift, Track
from patrols.selectors.coverage import WITHIN_M, CoverageRow, Window, day_of, seen_in
from patrols.selectors.shifts import span_of
from patrols.selectors.tracks import raw_from, stored_stamp

__all__ = [
    *(
        "Gone",
        "begin_of",
        "check_remains",
        "coverage_of",
        "coverage_of_shift",
        "days_of",
        "error_of",
        "is_gone",
    ),
]

WEEK = 7


class Gone(WanggeError):
    """What was asked for was deleted when its time was over."""


def begin_of(period: Period, day: date) -> date:
    """The day itself, or the Monday of its week."""
    return day if period == Period.DAY else day - timedelta(days=day.weekday())


def days_of(place: Place, period: Period, day: date) -> list[Window]:
    """The local days that the period of `day` consists of, each from its midnight to the next."""
    first = begin_of(period, day)
    count = 1 if period == Period.DAY else WEEK
    return [day_of(place, first + timedelta(days=k)) for k in range(count)]


def coverage_of(
    edition: Edition, day: date, *, period: Period = Period.DAY, within_m: int = WITHIN_M
) -> list[CoverageRow]:
    """Every grid of `edition` by code with what was seen on a local day, or on any of its week.

    Raises `Gone` when the tracks are deleted and no rows were derived of just this.
    """
    days = days_of(edition.place, period, day)
    window = days[0][0], days[-1][1]
    found = _derived(edition, begin_of(period, day), period, within_m, window)
    if found and len(found) == edition.grids.count():
        return found
    check_remains(edition.place, window)
    return seen_in(edition, days, within_m)


def error_of(
    edition: Edition, day: date, *, period: Period = Period.DAY, within_m: int = WITHIN_M
) -> float | None:
    """How far, in metres, the tracks may be from the fixes that `coverage_of` computes with.

    None where all fixes are there, or were when its rows were derived.
    """
    days = days_of(edition.place, period, day)
    window = days[0][0], days[-1][1]
    if _derived(edition, begin_of(period, day), period, within_m, window):
        return None
    return error_between(*window)


def error_between(since: datetime, until: datetime) -> float | None:
    """The same of any window whose shares are computed, and not derived before."""
    gone = raw_from()
    if gone is None or gone <= since:
        return None
    kept = Track.objects.meeting(since, min(gone, until))
    farthest: float | None = kept.aggregate(most=Max("error_m"))["most"]
    return farthest


def coverage_of_shift(
    edition: Edition, shift: Shift, within_m: int = WITHIN_M
) -> list[CoverageRow]:
    """The same of one shift. Raises `Gone`."""
    if Track.objects.filter(shift=shift, stage=TrackStage.DELETED).exists():
        raise _gone()
    return seen_in(edition, [span_of(shift)], within_m, shift.worker_id)


def is_gone(place: Place, window: Window, worker: int | None = None) -> bool:
    """Whether a track of the window (of `worker`, or of anybody in `place`) was deleted."""
    since, until = window
    rows = Track.objects.filter(
        stage=TrackStage.DELETED, shift__place=place, shift__started_at__lt=until
    ).exclude(shift__ended_at__lte=since)
    return bool((rows.filter(worker=worker) if worker is not None else rows).exists())


def _derived(
    edition: Edition, day: date, period: Period, within_m: int, window: Window
) -> list[CoverageRow]:
    rows = Coverage.objects.filter(
        grid__edition=edition, period=period, day=day, within_m=within_m
    ).order_by("grid__code")
    gone = raw_from()
    if gone is None or gone <= window[0]:
        rows = rows.filter(batches=stored_stamp(*window)[0])
    # Of a day whose fixes are gone they are final: they were derived before.
    columns = rows.values_list("grid__code", "share", "quality", "fixes")
    return [CoverageRow(*row) for row in columns]


def check_remains(place: Place, window: Window) -> None:
    """Raise `Gone` when a track of the window was deleted: what is left would say too little."""
    gone = raw_from()
    if gone is not None and window[0] < gone and is_gone(place, window):
        raise _gone()


def _gone() -> Gone:
    return Gone("已按保存期限删除。 (Deleted when its time was over.)")
