"""Draw the reports of one day, with the patterns of the history and the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from grids.demo.chance import generator
from incidents.demo.generate import draw_history
from incidents.demo.profile import HistoryProfile
from incidents.demo.rows import DrawnReport, Ground

__all__ = ["draw_day"]

_NOISE = 0.06
# One in two hundred lies off the ground, one in thirty repeats another, as in the history.
_OUTSIDE, _REPEATS = 200, 33


def draw_day(
    profile: HistoryProfile,
    ground: Ground,
    day: date,
    *,
    kinds: Mapping[str, str],
    datums: Mapping[str, str],
    zone: ZoneInfo,
) -> list[DrawnReport]:
    """The reports of `day` in order of receipt: the history's number for a day of that weekday.

    `kinds` gives the kind of every category code, `datums` the default datum of every channel;
    categories and channels that are not in them are left out.
    """
    words = {code: row for code, row in profile.words.items() if code in kinds}
    ways = {name: way for name, way in profile.ways.items() if name in datums}
    count = _count(profile, day)
    one_day = replace(
        profile,
        seed=f"{profile.seed}/{day.isoformat()}",
        reports=count,
        outside=count // _OUTSIDE,
        repeats=count // _REPEATS,
        first_day=day,
        last_day=day,
        words=words,
        ways=ways,
        # Spots that began and seasons that reigned in the history belong to its days.
        spots=tuple(spot for spot in profile.spots if spot.first is None),
        seasons=(),
        fixed=(),
    )
    drawn = draw_history(one_day, ground, kinds=kinds, datums=datums, zone=zone)
    last = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return [row for row in drawn if row.received_at < last]


def _count(profile: HistoryProfile, day: date) -> int:
    """The history's mean of a day, by weekday and with a little chance."""
    mean = profile.reports / len(profile.days)
    weekday = sum(
        kind.share * kind.weekday[day.weekday()] / (sum(kind.weekday) / 7)
        for kind in profile.kinds.values()
    )
    chance = generator(profile.seed, "day", day.isoformat()).lognormal(0.0, _NOISE)
    return max(1, round(mean * weekday * chance))
