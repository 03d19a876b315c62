"""When a grid worker is on duty on a simulated day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

__all__ = ["Duty", "duties_of"]

# Shares of workers: who does not come at all, who begins late, who has the night.
ABSENT, LATE, NIGHT, AT_WEEKENDS = 0.06, 0.04, 0.02, 0.55
SATURDAY = 5
_MORNING, _AFTERNOON, _EVENING = (8.0, 11.75), (13.5, 17.5), (19.0, 22.5)
_SMALL_HOURS = (0.0, 6.0)


@dataclass(frozen=True, slots=True)
class Duty:
    """A stretch of work; `late` when it began long after it should have."""

    started_at: datetime
    ended_at: datetime
    late: bool


def duties_of(rng: np.random.Generator, day: date, zone: ZoneInfo) -> list[Duty]:
    """The duties of one worker on `day`, in order; none for who is off."""
    off, late, night, jitter = rng.random(), rng.random(), rng.random(), rng.normal(0, 6, 8)
    if night < NIGHT:
        return [
            _duty(day, zone, hours, jitter[k : k + 2])
            for k, hours in enumerate((_SMALL_HOURS, _EVENING))
        ]
    if off < ABSENT or (day.weekday() >= SATURDAY and off > AT_WEEKENDS):
        return []
    delay = float(20 + 40 * rng.random()) if late < LATE else 0.0
    first = _duty(day, zone, _MORNING, jitter[0:2], delay)
    return [first, _duty(day, zone, _AFTERNOON, jitter[2:4])]


def _duty(
    day: date, zone: ZoneInfo, hours: tuple[float, float], jitter: np.ndarray, delay: float = 0.0
) -> Duty:
    """`jitter` and `delay` in minutes; nothing begins before the day or ends after it."""
    midnight = datetime.combine(day, datetime.min.time(), zone)
    begin = max(hours[0] * 60 + float(np.clip(jitter[0], -15, 15)) + delay, 0.0)
    end = min(hours[1] * 60 + float(np.clip(jitter[1], -15, 15)), 24 * 60 - 1)
    return Duty(
        midnight + timedelta(seconds=round(begin * 60)),
        midnight + timedelta(seconds=round(end * 60)),
        delay > 0,
    )
