"""Let a simulated day of patrols go on: shifts begin and end, positions come, each once.

How far a day has come is kept in the row that every step locks and moves on in the transaction of
what it writes, so that a step that was killed is done again, and none is done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.db import transaction
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput
from grids.choices import PostKind, Role
from grids.models import Edition, Place, Post
from patrols.choices import ON_SHIFT, Closing, DatumCode
from patrols.models import Shift, SimulatedDay
from patrols.services import positions
from patrols.services.alerts import close_alerts
from patrols.services.fixes import FixColumns, write_fixes
from patrols.simulation.walking import Beat, Walk, draw_walks

__all__ = ["simulate_patrols"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SEED = "patrols"


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as drawn; `fixes` of all walks in order of time."""

    walks: list[Walk]
    fixes: FixColumns


@transaction.atomic
def simulate_patrols(place: Place, *, day: date, until: datetime) -> int:
    """Bring the local `day` of `place` up to `until`; how many positions were stored.

    Another process that is at it already is left to it. Raises `InvalidInput` when the place has no
    edition in force.
    """
    begins = datetime.combine(day, datetime.min.time(), ZoneInfo(place.time_zone))
    until = min(until, begins + timedelta(days=1))
    SimulatedDay.objects.get_or_create(place=place, day=day, defaults={"until": begins})
    held = SimulatedDay.objects.select_for_update(skip_locked=True).filter(place=place, day=day)
    progress = held.first()
    if progress is None or progress.until >= until:
        return 0
    drawn = _drawn(place, day)
    _begin(place, drawn.walks, progress.until, until)
    due = _between(drawn.fixes.at_us, progress.until, until)
    stored = write_fixes(drawn.fixes.only(due), now=until, place=place, is_simulated=True).stored
    _end(drawn.walks, progress.until, until)
    progress.until = until
    progress.save(update_fields=["until"])
    return stored


def _begin(place: Place, walks: list[Walk], since: datetime, until: datetime) -> None:
    """Shifts that begin in [since, until); those that are over by then are told with their end."""
    Shift.objects.bulk_create(
        Shift(
            place=place,
            worker_id=walk.worker,
            device=_device(walk),
            started_at=walk.started_at,
            start_received_at=walk.started_at,
            ended_at=walk.ended_at if walk.ended_at < until else None,
            end_received_at=walk.ended_at if walk.ended_at < until else None,
            is_simulated=True,
        )
        for walk in walks
        if since <= walk.started_at < until
    )


def _end(walks: list[Walk], since: datetime, until: datetime) -> None:
    """Shifts of before that end in [since, until): after their last positions were written."""
    ending = {
        (walk.worker, walk.started_at): walk.ended_at
        for walk in walks
        if since <= walk.ended_at < until
    }
    workers = [worker for worker, _ in ending]
    rows = Shift.objects.filter(worker__in=workers, is_simulated=True, ended_at__isnull=True)
    ended = []
    for shift in rows:
        at = ending.get((shift.worker_id, shift.started_at))
        if at is not None:
            shift.ended_at = shift.end_received_at = at
            ended.append(shift)
    Shift.objects.bulk_update(ended, ["ended_at", "end_received_at"], batch_size=500)
    workers = [shift.worker_id for shift in ended]
    positions.forget(workers)
    close_alerts(workers, ON_SHIFT, Closing.SHIFT_OVER, now=until)


def _between(at_us: IntArray, since: datetime, until: datetime) -> NDArray[np.bool_]:
    first, last = (round(moment.timestamp() * 1e6) for moment in (since, until))
    return np.asarray((at_us >= first) & (at_us < last))


def _device(walk: Walk) -> str:
    return f"sim-{walk.worker}"


_kept: dict[tuple[int, int, str, date], _Day] = {}


def _drawn(place: Place, day: date) -> _Day:
    """The day as drawn, once in a process: it takes some seconds for a whole district."""
    edition = Edition.objects.in_force(place)
    if edition is None:
        raise InvalidInput(f"{place.name} 没有现行区划 (no edition in force)", "place")
    key = (place.pk, edition.pk, edition.digest, day)
    if key not in _kept:
        _kept.clear()
        zone = ZoneInfo(place.time_zone)
        seed = f"{place.code}/{SEED}"
        beats = _beats(edition, datetime.combine(day, datetime.min.time(), zone), place.srid_m)
        walks = draw_walks(beats, day=day, zone=zone, seed=seed, srid_m=place.srid_m)
        _kept[key] = _Day(walks, _columns(walks, day))
    return _kept[key]


def _beats(edition: Edition, at: datetime, srid_m: int) -> list[Beat]:
    """The workers who answer for the grids of `edition` that day, each with the first of theirs."""
    posts = (
        Post.objects.at(at + timedelta(hours=12))
        .filter(role=Role.WORKER, kind=PostKind.PRINCIPAL, grid__edition=edition)
        .annotate(ground=AsWKB(Transform("grid__geometry", srid_m)))
        .order_by("grid__code")
        .values_list("user", "grid__code", "ground")
    )
    beats: dict[int, Beat] = {}
    for worker, code, ground in posts:
        beats.setdefault(worker, Beat(worker, code, shapely.from_wkb(bytes(ground))))
    return list(beats.values())


def _columns(walks: list[Walk], day: date) -> FixColumns:
    """All positions of the walks in order of time. A worker's sequence goes on within the day."""
    number = np.concatenate([np.zeros(0, np.int64), *(_sequences(walk, day) for walk in walks)])
    worker = np.concatenate(
        [np.zeros(0, np.int64), *(np.full(len(walk.time), walk.worker) for walk in walks)]
    )
    at_us = np.round(_joined(walks, "time") * 1e6).astype(np.int64)
    order = np.argsort(at_us, kind="stable")
    return FixColumns(
        worker=worker[order],
        device=np.char.add("sim-", worker[order].astype("U20")),
        sequence=number[order],
        at_us=at_us[order],
        lon=_joined(walks, "lon")[order],
        lat=_joined(walks, "lat")[order],
        datum=np.full(len(order), DatumCode.WGS84.value, np.int16),
        accuracy_m=_joined(walks, "accuracy_m")[order],
        speed_mps=_joined(walks, "speed_m_s")[order],
        heading_deg=_joined(walks, "heading_deg")[order],
        battery=_joined(walks, "battery")[order],
    )


def _sequences(walk: Walk, day: date) -> IntArray:
    """Ten thousand a day: 0 to 4,999 of the first duty, the rest of the second."""
    first = day.toordinal() * 10_000 + (walk.number - 1) * 5_000
    return first + np.arange(len(walk.time), dtype=np.int64)


def _joined(walks: list[Walk], name: str) -> FloatArray:
    columns = [cast(FloatArray, getattr(walk, name)) for walk in walks]
    return np.concatenate([np.zeros(0), *columns])
