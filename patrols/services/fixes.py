"""Fixes come in: judged by name, written by binary COPY through staging, each stored once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from gis.db.binary import EPOCH_US, copy_in, copy_out
from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.tracks import Flag, Rules, judge
from grids.models import Place, User
from patrols.choices import DatumCode, Refusal
from patrols.models import FixBatch, Shift
from patrols.querysets import LIVE
from patrols.services import compacting, partitions, positions
from patrols.services.dwell import derive_dwells_in

__all__ = ["STALE", "FixColumns", "Written", "write_fixes"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
AHEAD = timedelta(minutes=2)
STALE = timedelta(days=7)
# How much of a track before a fix is needed to judge it; longer than a receiver may stand still.
CONTEXT = timedelta(minutes=20)
DAY_US = 86_400_000_000
_STAGING = """
CREATE TEMP TABLE IF NOT EXISTS fix_staging (
    worker_id bigint, device_no integer, sequence bigint, at timestamptz, lon float8, lat float8,
    datum smallint, accuracy_m real, speed_mps real, heading_deg real, battery real, flags smallint
) ON COMMIT DELETE ROWS
"""
_INSERT = """
INSERT INTO patrols_fix (worker_id, device, sequence, at, lon, lat, datum, accuracy_m, speed_mps,
    heading_deg, battery, flags)
SELECT DISTINCT ON (worker_id, device, sequence) s.worker_id, d.device, s.sequence, s.at, s.lon,
    s.lat, s.datum, nullif(s.accuracy_m, 'NaN'), nullif(s.speed_mps, 'NaN'),
    nullif(s.heading_deg, 'NaN'), nullif(s.battery, 'NaN'), s.flags
FROM fix_staging s JOIN unnest(%(devices)s::text[]) WITH ORDINALITY d (device, no)
    ON d.no = s.device_no
WHERE NOT EXISTS (
    SELECT FROM patrols_fix f
    WHERE f.worker_id = s.worker_id AND f.device = d.device AND f.sequence = s.sequence
        AND f.at >= %(since)s AND f.at < %(until)s
)
ORDER BY worker_id, device, sequence, at
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixColumns:
    """Fixes as they were sent, one array for each column; NaN is what was not told.

    `at_us` is microseconds since 1970; `lon`, `lat` are degrees in `datum` (codes of `DatumCode`).
    """

    worker: IntArray
    device: NDArray[np.str_]
    sequence: IntArray
    at_us: IntArray
    lon: FloatArray
    lat: FloatArray
    datum: NDArray[np.int16]
    accuracy_m: FloatArray
    speed_mps: FloatArray
    heading_deg: FloatArray
    battery: FloatArray

    def __len__(self) -> int:
        return len(self.worker)

    def only(self, chosen: NDArray[np.bool_] | IntArray) -> FixColumns:
        """The chosen rows, in their order."""
        return FixColumns(**{name: getattr(self, name)[chosen] for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch. `refused` holds a reason for each row, blank where there is none."""

    stored: int
    duplicates: int
    refused: NDArray[np.str_]


@transaction.atomic
def write_fixes(
    fixes: FixColumns,
    *,
    now: datetime,
    sender: User | None = None,
    place: Place | None = None,
    unread: int = 0,
    is_simulated: bool = False,
) -> Written:
    """Keep fixes of workers on duty; a replay of (worker, device, sequence) is a duplicate.

    What cannot be a fix of a shift is refused by name; what a receiver got wrong is stored with its
    flags, and counts for nothing. `unread` came with them and could not be read: it is counted.
    They are counted for `place`, which is the sender's unless it is told.
    """
    if not len(fixes) + unread:
        return Written(0, 0, np.zeros(0, "U16"))
    lon, lat = _in_wgs84(fixes)
    refused = _refusals(fixes, lon, lat, now) if len(fixes) else np.zeros(0, "U16")
    good = refused == ""
    kept, lon, lat = fixes.only(good), lon[good], lat[good]
    stored = 0
    flags = np.zeros(0, np.int64)
    if len(kept):
        partitions.ensure(_days(kept.at_us))
        positions.take_turns(np.unique(kept.worker).tolist())
        flags = _flags(kept, lon, lat)
        stored = _store(kept, lon, lat, flags, now)
    if stored:
        first, last = (_moment(int(at)) for at in (kept.at_us.min(), kept.at_us.max()))
        workers = np.unique(kept.worker).tolist()
        compacting.mark_stale(workers, first, last)
        derive_dwells_in(workers, first, last)
    FixBatch.objects.create(
        sender=sender,
        place=place or (sender.place if sender else None),
        received_at=now,
        first_at=_moment(int(kept.at_us.min())) if len(kept) else now,
        last_at=_moment(int(kept.at_us.max())) if len(kept) else now,
        sent=len(fixes) + unread,
        stored=stored,
        duplicates=len(kept) - stored,
        refused=_counted(refused, unread),
        flagged={
            str(flag.name).lower(): n for flag in Flag if (n := int(((flags & flag) > 0).sum()))
        },
        is_simulated=is_simulated,
    )
    return Written(stored, len(kept) - stored, refused)


def _refusals(
    fixes: FixColumns, lon: FloatArray, lat: FloatArray, now: datetime
) -> NDArray[np.str_]:
    refused = np.full(len(fixes), "", "U16")
    now_us = _us(now)
    ahead, stale = AHEAD // timedelta(microseconds=1), STALE // timedelta(microseconds=1)
    # Conversion leads over the edge of the world, too; a comparison with NaN is false.
    sound = np.ones(len(fixes), np.bool_)
    for degrees, most in ((fixes.lon, 180), (fixes.lat, 90), (lon, 180), (lat, 90)):
        sound &= np.abs(degrees) <= most
    checks = (
        (Refusal.SHIFT_UNKNOWN, ~_on_shift(fixes.worker, fixes.at_us)),
        (Refusal.STALE, fixes.at_us < now_us - stale),
        (Refusal.FUTURE, fixes.at_us > now_us + ahead),
        (Refusal.INVALID, ~sound | (fixes.sequence < 0)),
    )
    for reason, wrong in checks:
        refused[wrong] = reason.value
    return refused


def _on_shift(worker: IntArray, at_us: IntArray) -> NDArray[np.bool_]:
    """Which fixes lie in a known shift of their worker. Shifts of a worker never overlap."""
    shifts = Shift.objects.filter(
        worker__in=np.unique(worker).tolist(), started_at__lte=_moment(int(at_us.max()))
    ).exclude(ended_at__lte=_moment(int(at_us.min())))
    rows = shifts.order_by("worker", "started_at").values_list("worker", "started_at", "ended_at")
    told = [(who, _us(start), _us(end) if end else 2**62) for who, start, end in rows]
    if not told:
        return np.zeros(len(worker), np.bool_)
    held = np.array(told, np.int64)
    # One key for both columns: by the number of the worker, then by time.
    workers, number = np.unique(held[:, 0], return_inverse=True)
    mine = np.searchsorted(workers, worker)
    mine = np.minimum(mine, len(workers) - 1)
    span = 2**52  # microseconds of 142 years
    key = number * span + held[:, 1]
    at = np.searchsorted(key, mine * span + at_us, side="right") - 1
    at = np.maximum(at, 0)
    inside = (held[at, 1] <= at_us) & (at_us < held[at, 2])
    return np.asarray((held[at, 0] == worker) & inside)


def _in_wgs84(fixes: FixColumns) -> tuple[FloatArray, FloatArray]:
    lon, lat = fixes.lon.copy(), fixes.lat.copy()
    for code in np.unique(fixes.datum).tolist():
        which = fixes.datum == code
        datum = Datum(DatumCode(code).label)
        with np.errstate(invalid="ignore"):
            lon[which], lat[which] = to_wgs84(lon[which], lat[which], datum)
    return lon, lat


def _flags(fixes: FixColumns, lon: FloatArray, lat: FloatArray) -> IntArray:
    """Judge each fix by those of its worker before it, in this batch and in the table."""
    first, last = _moment(int(fixes.at_us.min())) - CONTEXT, _moment(int(fixes.at_us.max()))
    before = copy_out(
        "SELECT worker_id, at, lon, lat, coalesce(accuracy_m, 'NaN') AS accuracy_m, flags"
        " FROM patrols_fix WHERE at >= %s AND at <= %s AND worker_id = ANY(%s)",
        [first, last, np.unique(fixes.worker).tolist()],
        {"worker": "i8", "at": "i8", "lon": "f8", "lat": "f8", "accuracy_m": "f4", "flags": "i2"},
    )
    worker = np.concatenate([before["worker"], fixes.worker])
    at_us = np.concatenate([before["at"] + EPOCH_US, fixes.at_us])
    known = np.concatenate([before["flags"].astype(np.int64), np.full(len(fixes), -1)])
    order = np.lexsort((at_us, worker))
    judged = judge(
        worker[order],
        at_us[order] / 1e6,
        np.concatenate([before["lon"], lon])[order],
        np.concatenate([before["lat"], lat])[order],
        np.concatenate([before["accuracy_m"].astype(np.float64), fixes.accuracy_m])[order],
        known[order],
        Rules(),
    )
    flags = np.empty_like(judged)
    flags[order] = judged
    return flags[len(known) - len(fixes) :]


def _store(
    fixes: FixColumns, lon: FloatArray, lat: FloatArray, flags: IntArray, now: datetime
) -> int:
    devices, number = np.unique(fixes.device, return_inverse=True)
    first, last = _moment(int(fixes.at_us.min())), _moment(int(fixes.at_us.max()))
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        cursor.execute("DELETE FROM fix_staging")
    copy_in(
        "fix_staging",
        {
            "worker_id": fixes.worker,
            "device_no": (number + 1).astype(np.int32),
            "sequence": fixes.sequence,
            "at": fixes.at_us - EPOCH_US,
            "lon": lon,
            "lat": lat,
            "datum": fixes.datum,
            "accuracy_m": fixes.accuracy_m.astype(np.float32),
            "speed_mps": fixes.speed_mps.astype(np.float32),
            "heading_deg": fixes.heading_deg.astype(np.float32),
            "battery": fixes.battery.astype(np.float32),
            "flags": flags.astype(np.int16),
        },
    )
    # Whatever is accepted lies between these, so that no key of it lies anywhere else.
    since, until = min(first, now - STALE), max(last, now + AHEAD) + timedelta(microseconds=1)
    with connection.cursor() as cursor:
        told = {"devices": devices.tolist(), "since": since, "until": until, "now": now}
        cursor.execute(positions.and_newest(_INSERT), {**told, "live": now - LIVE})
        return int(cursor.fetchone()[0])


def _counted(refused: NDArray[np.str_], unread: int) -> dict[str, int]:
    counts = Counter(refused[refused != ""].tolist())
    counts[Refusal.INVALID.value] += unread
    return dict(sorted((+counts).items()))


def _days(at_us: IntArray) -> list[date]:
    return [_moment(int(day) * DAY_US).date() for day in np.unique(at_us // DAY_US)]


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _moment(at_us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
