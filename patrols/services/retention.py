"""What is older than a place keeps it: fixes go, tracks become coarse and then go, counts stay.

Every step is one transaction, so that whoever is killed at it leaves it done or not begun, and the
next run goes on. Days go the oldest first, each only when all that shall outlive it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Q
from psycopg.errors import LockNotAvailable

from gis.kernel.errors import WanggeError
from grids.choices import EditionState
from grids.models import Edition, Place
from patrols.choices import Period
from patrols.models import DroppedDay, Retention
from patrols.services import batches, coarsening, compacting, coverage, partitions, recorded

__all__ = ["NotCompacted", "Outcome", "Waiting", "apply", "drop", "waiting"]

# Whoever reads the table for longer holds up everybody behind us: we come again.
PATIENCE = "3s"
_COUNTED = """
SELECT f.worker_id, f.stored, coalesce(t.stored, 0)
FROM (SELECT worker_id, count(*) AS stored FROM {} GROUP BY worker_id) f
LEFT JOIN (
    SELECT worker_id, sum((days -> %(day)s ->> 'stored')::bigint) AS stored FROM patrols_track
    WHERE stage = 'fine' AND NOT is_stale AND days ? %(day)s GROUP BY worker_id
) t USING (worker_id)
"""


class NotCompacted(WanggeError):
    """What shall outlive the fixes of a day is not there yet, so that they cannot go.

    `workers` are the keys of those of whom fixes are in no track; without any it is coverage.
    """

    def __init__(self, day: date, workers: list[int]) -> None:
        zh, en = f"{day} 的覆盖率未定。", f"The coverage of {day} is not final."
        if workers:
            zh = f"{day} 还有 {len(workers)} 人的轨迹点未压缩。"
            en = f"Fixes of {len(workers)} workers on {day} are in no track."
        super().__init__(f"{zh} ({en})", "day")
        self.workers = workers


@dataclass(frozen=True, slots=True)
class Waiting:
    """What would go now: days with their bytes on disk, and counts of tracks and batches."""

    shifts: int
    days: list[tuple[date, int]]
    coarsened: int
    deleted: int
    batches: int


@dataclass(slots=True)
class Outcome:
    """What went. `blocked` says why the next day could not."""

    compacted: int = 0
    days: int = 0
    fixes: int = 0
    coarsened: int = 0
    deleted: int = 0
    batches: int = 0
    blocked: str = ""


def waiting(*, now: datetime) -> Waiting:
    """What `apply` would do now, without doing it."""
    days = [(day, _bytes(day)) for day in _old_days(now)]
    gone = _instant(days[-1][0] + timedelta(days=1)) if days else None
    return Waiting(
        shifts=compacting.due_shifts(now).count(),
        days=days,
        coarsened=coarsening.due_to_coarsen(now, gone).count(),
        deleted=coarsening.due_to_delete(now, gone).count(),
        batches=batches.alone(gone).count(),
    )


def apply(
    *, now: datetime, most_days: int | None = None, most_tracks: int | None = None
) -> Outcome:
    """Compact what is due, then let go what is too old; at most so many days and tracks."""
    done = Outcome(compacted=compacting.compact_due(now=now, most=most_tracks))
    # When a cell was last recorded outlives the fixes too.
    recorded.move_on()
    for day in _old_days(now)[:most_days]:
        try:
            done.fixes += _let_go(day, now)
        except NotCompacted as error:
            done.blocked = str(error)
            break
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            done.blocked = (
                f"{day} 正被读取，下次再删。 ({day} is being read: the next run drops it.)"
            )
            break
        done.days += 1
    done.deleted = coarsening.delete_old(now=now, most=most_tracks)
    done.coarsened = coarsening.coarsen_old(now=now, most=most_tracks)
    done.batches = batches.sum_up()
    return done


def _let_go(day: date, now: datetime) -> int:
    """Make final what shall outlive the fixes of a UTC day, and drop them; how many there were."""
    for edition, local, period in _covered(day):
        coverage.derive(edition, local, period=period)
    try:
        return drop(day, now=now)
    except NotCompacted as error:
        # A track that does not know of all its fixes, whatever the reason: it is made again.
        since = _instant(day)
        compacting.mark_stale(error.workers, since, since + timedelta(days=1))
        compacting.compact_due(now=now)
        return drop(day, now=now)


@transaction.atomic
def drop(day: date, *, now: datetime) -> int:
    """Detach and drop the fixes of a UTC day, and write down that they are gone; how many.

    0 when they are gone already. Raises `NotCompacted`; the database's own error when readers hold
    the table for longer than `PATIENCE`. Nothing is done then.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [partitions.LOCK])
        if day not in partitions.there():
            return 0
        table = partitions.name_of(day)
        # From here on nobody writes into it.
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        cursor.execute(_COUNTED.format(table), {"day": day.isoformat()})
        rows = cursor.fetchall()
        unknown = [worker for worker, stored, known in rows if stored != known]
        if unknown:
            raise NotCompacted(day, unknown)
        for edition, local, period in _covered(day):
            if not coverage.is_final(edition, local, period=period):
                raise NotCompacted(day, [])
        cursor.execute(f"ALTER TABLE patrols_fix DETACH PARTITION {table}")
        cursor.execute(f"DROP TABLE {table}")
    fixes = sum(int(stored) for _, stored, _ in rows)
    DroppedDay.objects.create(day=day, fixes=fixes, dropped_at=now)
    return fixes


def _old_days(now: datetime) -> list[date]:
    """The UTC days whose fixes every place has kept for long enough, the oldest first."""
    longest = Retention.objects.aggregate(most=Max("raw_days"))["most"] or 0
    if Place.objects.exclude(pk__in=Retention.objects.values("place")).exists() or not longest:
        longest = max(longest, Retention().raw_days)
    first_kept = (now.astimezone(UTC) - timedelta(days=longest)).date()
    return sorted(day for day in partitions.there() if day < first_kept)


def _covered(day: date) -> Iterator[tuple[Edition, date, Period]]:
    """The local days and weeks that a UTC day is part of, in the editions of then and of now."""
    since = _instant(day)
    until = since + timedelta(days=1)
    for place in Place.objects.all():
        zone = ZoneInfo(place.time_zone)
        ends = since.astimezone(zone), (until - timedelta(microseconds=1)).astimezone(zone)
        lived = Q(state=EditionState.SUPERSEDED, in_force__overlap=(since, until))
        editions = Edition.objects.filter(Q(state=EditionState.IN_FORCE) | lived, place=place)
        for edition in editions.select_related("place"):
            for local in sorted({one.date() for one in ends}):
                yield edition, local, Period.DAY
                yield edition, local, Period.WEEK


def _bytes(day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [partitions.name_of(day)])
        return int(cursor.fetchone()[0])


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
