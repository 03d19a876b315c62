"""Let the drawn reports of a day come in when their time has come: each once, whatever is killed.

What has come is known by the external ids that are there, so that a step may be done again, by
another process, or hours late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from gis.kernel.datum import Datum
from gis.kernel.errors import InvalidInput
from grids.models import Edition, Place
from grids.selectors import Position
from incidents.demo.ground import read_ground
from incidents.demo.profile import HistoryProfile
from incidents.demo.rows import DrawnReport, Ground
from incidents.models import Category, Channel, Report
from incidents.services import intake
from incidents.services.bulk import Arrival, receive_many
from incidents.simulation.drawing import draw_day

__all__ = ["days_at", "release", "release_day"]

# More than these are no news any more, but the past to be filled in.
MOST_LIVE = 10
# A step late in the night still brings the last reports of the day before.
GRACE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Due:
    """A drawn report under the id that it is known by."""

    external_id: str
    drawn: DrawnReport


def days_at(place: Place, now: datetime) -> list[date]:
    """The local day at `now`; just after midnight also the one before, which comes to its end."""
    zone = ZoneInfo(place.time_zone)
    return list(dict.fromkeys(at.astimezone(zone).date() for at in (now - GRACE, now)))


def release(place: Place, profile: HistoryProfile, *, now: datetime) -> int:
    """Bring in what is due at `now`; how many reports came.

    Raises `InvalidInput` when the place has no edition in force.
    """
    return sum(release_day(place, profile, day=day, now=now) for day in days_at(place, now))


@transaction.atomic
def release_day(place: Place, profile: HistoryProfile, *, day: date, now: datetime) -> int:
    """Bring in the reports of `day` that are due at `now` and not there yet; how many came.

    Another process that is at it already is left to it.
    """
    if not _alone(place, day):
        return 0
    edition = Edition.objects.in_force(place)
    if edition is None:
        raise InvalidInput(f"{place.name} 没有现行区划 (no edition in force)", "place")
    edition.place = place
    there = _there(day)
    due = [
        one
        for one in _drawn(_Key(place.pk, edition.pk, edition.digest, day, profile.digest), profile)
        if one.drawn.received_at <= now and one.external_id not in there
    ]
    if len(due) > MOST_LIVE:
        channels, categories = _tables(day)
        arrivals = [_arrival(one, channels, categories) for one in due]
        receive_many(arrivals, place=place, is_simulated=True)
    elif due:
        _receive_live(due, edition, day)
    return len(due)


def _alone(place: Place, day: date) -> bool:
    with connection.cursor() as cursor:
        lock = f"simulation:{place.code}:{day}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        return bool(cursor.fetchone()[0])


def _there(day: date) -> set[str]:
    """The external ids of that day, channel by channel as the index has them."""
    rows = Report.objects.filter(
        channel__in=Channel.objects.all(), external_id__startswith=_prefix(day)
    )
    return set(rows.values_list("external_id", flat=True))


def _prefix(day: date) -> str:
    return f"sim-{day:%Y%m%d}-"


@dataclass(frozen=True, slots=True)
class _Key:
    """What a day's drawing depends on."""

    place: int
    edition: int
    digest: str
    day: date
    profile: str


_kept: dict[_Key, list[_Due]] = {}


def _drawn(key: _Key, profile: HistoryProfile) -> list[_Due]:
    """The day's reports, drawn once in a process: reading the ground takes a second."""
    if key not in _kept:
        _kept.clear()
        place = Place.objects.get(pk=key.place)
        channels, categories = _tables(key.day)
        drawn = draw_day(
            profile,
            _ground(key.edition, key.digest),
            key.day,
            kinds={code: one.kind for code, one in categories.items()},
            datums={code: one.datum for code, one in channels.items()},
            zone=ZoneInfo(place.time_zone),
        )
        _kept[key] = [_Due(f"{_prefix(key.day)}{k:04d}", one) for k, one in enumerate(drawn)]
    return _kept[key]


@lru_cache(maxsize=1)
def _ground(edition: int, _digest: str) -> Ground:
    return read_ground(Edition.objects.select_related("place").get(pk=edition))


def _tables(day: date) -> tuple[dict[str, Channel], dict[str, Category]]:
    channels = {one.code: one for one in Channel.objects.all()}
    return channels, {one.code: one for one in Category.objects.filter(valid__contains=day)}


def _receive_live(due: Sequence[_Due], edition: Edition, day: date) -> None:
    channels, categories = _tables(day)
    for one in due:
        drawn = one.drawn
        intake.receive(
            edition=edition,
            channel=channels[drawn.channel],
            kind=drawn.kind,
            category=categories[drawn.category],
            description=drawn.description,
            occurred_at=drawn.occurred_at,
            location=_position(drawn),
            address=drawn.address,
            reporter=None,
            photos=(),
            sent_by=None,
            now=drawn.received_at,
            external_id=one.external_id,
            is_simulated=True,
        )


def _arrival(one: _Due, channels: dict[str, Channel], categories: dict[str, Category]) -> Arrival:
    drawn = one.drawn
    return Arrival(
        channel=channels[drawn.channel],
        kind=drawn.kind,
        category=categories[drawn.category],
        description=drawn.description,
        location=_position(drawn),
        occurred_at=drawn.occurred_at,
        received_at=drawn.received_at,
        address=drawn.address,
        external_id=one.external_id,
    )


def _position(drawn: DrawnReport) -> Position:
    return Position(drawn.lon, drawn.lat, Datum(drawn.datum), drawn.accuracy_m)
