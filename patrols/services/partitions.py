"""The partitions of fixes, one for each UTC day: made ahead, and when a fix needs one."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from psycopg import sql

AHEAD_DAYS = 3
# Any number of our own: two that need the same new partition make it one after the other.
LOCK = 0x66697864
PREFIX = "patrols_fix_d"


def name_of(day: date) -> str:
    """The table that holds the fixes of a UTC day."""
    return f"{PREFIX}{day:%Y%m%d}"


@transaction.atomic
def ensure(days: Iterable[date]) -> list[date]:
    """Make the partitions of those UTC days that are missing; which were made.

    An attached partition locks nobody out who reads or writes the others.
    """
    wanted = sorted(set(days))
    missing = _missing(wanted)
    if not missing:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        made = _missing(missing)
        for day in made:
            _make(cursor, day)
    return made


def there() -> list[date]:
    """The UTC days that have a partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'patrols_fix'::regclass ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
    return [datetime.strptime(name, f"{PREFIX}%Y%m%d").replace(tzinfo=UTC).date() for name in names]


def ensure_ahead(*, now: datetime) -> list[date]:
    """The partitions of today and of the days to come."""
    today = now.astimezone(UTC).date()
    return ensure(today + timedelta(days=k) for k in range(-1, AHEAD_DAYS + 1))


def _missing(days: list[date]) -> list[date]:
    # Not to_regclass(): within a transaction it remembers a name that was not there, also after
    # whoever held the lock has made it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_class"
            " WHERE relname = name AND relnamespace = current_schema()::regnamespace)",
            [[name_of(day) for day in days]],
        )
        names = {name for (name,) in cursor.fetchall()}
    return [day for day in days if name_of(day) in names]


def _make(cursor: object, day: date) -> None:
    table = sql.Identifier(name_of(day))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    bounds = sql.Literal(start), sql.Literal(start + timedelta(days=1))
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(sql.SQL("CREATE TABLE {} (LIKE patrols_fix INCLUDING ALL)").format(table))
    execute(
        sql.SQL("ALTER TABLE patrols_fix ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            table, *bounds
        )
    )
