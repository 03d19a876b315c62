"""Draw the history: the same reports on every machine, from a profile, a ground and tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from grids.demo.chance import generator
from incidents.demo.places import Places, shifted
from incidents.demo.profile import HistoryProfile
from incidents.demo.rows import DrawnReport, Ground
from incidents.demo.sending import Event, send, send_fixed
from incidents.demo.words import wordings

__all__ = ["digest_of", "draw_history"]

FloatArray = NDArray[np.float64]
_DAY_NOISE = 0.07
_REPEAT_M = 12.0
_REPEAT_HOURS = 20.0


def draw_history(
    profile: HistoryProfile,
    ground: Ground,
    *,
    kinds: Mapping[str, str],
    datums: Mapping[str, str],
    zone: ZoneInfo,
) -> list[DrawnReport]:
    """All reports in order of receipt.

    `kinds` gives the kind of every category code, `datums` the default datum of every channel.
    """
    places = Places(ground, profile.seed)
    events = _events(profile, places, kinds)
    events += _repeats(profile, events)
    start = datetime.combine(profile.first_day, datetime.min.time(), zone)
    reports = send(profile, events, datums, start) + send_fixed(profile, kinds, datums)
    return sorted(reports, key=lambda row: (row.received_at, row.description, row.lon, row.lat))


def digest_of(reports: Sequence[DrawnReport]) -> str:
    """SHA-256 of all that was drawn: equal on every run."""
    return hashlib.sha256(repr(list(reports)).encode()).hexdigest()


def _events(profile: HistoryProfile, places: Places, kinds: Mapping[str, str]) -> list[Event]:
    total = profile.reports - profile.repeats - len(profile.fixed)
    shares = [shape.share for shape in profile.kinds.values()]
    counts = np.diff(np.rint(np.cumsum([0.0, *shares]) * total)).astype(int)
    events: list[Event] = []
    for kind, count in zip(profile.kinds, counts.tolist(), strict=True):
        codes = [code for code in profile.words if kinds[code] == kind]
        events += _of_kind(profile, places, kind, count, codes)
    rng = generator(profile.seed, "outside")
    lost = rng.choice(len(events), profile.outside, replace=False)
    for k, (lon, lat) in zip(lost, places.beyond(profile.outside, rng), strict=True):
        old = events[k]
        events[k] = Event(old.kind, old.wording, float(lon), float(lat), old.second, "")
    return events


def _of_kind(
    profile: HistoryProfile, places: Places, kind: str, count: int, codes: list[str]
) -> list[Event]:
    rng = generator(profile.seed, "kind", kind)
    day = _days(profile, kind, count, rng)
    second = day * 86_400 + _seconds(profile.kinds[kind].hours, count, rng)
    spot = _spots(profile, kind, day, rng)
    blocks = places.blocks(kind, count, rng)
    points = places.inside(blocks, rng)
    near = [places.name(block) for block in blocks.tolist()]
    weights = _category_weights(profile, codes)
    category = np.empty(count, np.intp)
    for s in np.unique(spot).tolist():
        at = np.flatnonzero(spot == s)
        allowed = np.ones(len(codes))
        if s >= 0:
            where = profile.spots[s]
            points[at] = places.around(where.lon, where.lat, where.radius_m, len(at), rng)
            if where.categories:
                allowed = np.array([float(code in where.categories) for code in codes])
            for k in at.tolist():
                near[k] = where.name
        category[at] = _by_day(weights * allowed, day[at], rng)
    said = wordings(profile, [kind] * count, [codes[c] for c in category.tolist()], rng)
    return [
        Event(kind, *row)
        for row in zip(
            said, points[:, 0].tolist(), points[:, 1].tolist(), second.tolist(), near, strict=True
        )
    ]


def _days(
    profile: HistoryProfile, kind: str, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    weekday = profile.kinds[kind].weekday
    weights = np.array([weekday[day.weekday()] for day in profile.days])
    weights *= rng.lognormal(0.0, _DAY_NOISE, len(weights))
    return np.repeat(np.arange(len(weights)), rng.multinomial(count, weights / weights.sum()))


def _seconds(hours: Sequence[float], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    weights = np.array(hours) / sum(hours)
    return np.asarray(rng.choice(24, count, p=weights) * 3600 + rng.integers(0, 3600, count))


def _spots(
    profile: HistoryProfile, kind: str, day: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """For each report the spot it happened at, -1 for none."""
    days = profile.days
    mine = [k for k, spot in enumerate(profile.spots) if spot.kind == kind]
    shares = np.array(
        [[profile.spots[k].share_on(d, profile.last_day, len(days)) for k in mine] for d in days]
    ).reshape(len(days), len(mine))
    upto = np.cumsum(shares, axis=1)[day]
    chosen = (rng.random(len(day))[:, None] >= upto).sum(axis=1)
    return np.asarray(np.array([*mine, -1])[chosen])


def _category_weights(profile: HistoryProfile, codes: list[str]) -> FloatArray:
    """What each category weighs on each day, (days, categories)."""
    weights = np.tile([profile.words[code].weight for code in codes], (len(profile.days), 1))
    for season in profile.seasons:
        during = [season.first <= day <= season.last for day in profile.days]
        struck = [code in season.categories for code in codes]
        weights[np.ix_(during, struck)] *= season.factor
    return weights


def _by_day(
    weights: FloatArray, day: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw a column for each row by the weights of its day."""
    upto = np.cumsum(weights, axis=1)[day]
    return np.asarray((rng.random(len(day))[:, None] * upto[:, -1:] >= upto).sum(axis=1))


def _repeats(profile: HistoryProfile, events: list[Event]) -> list[Event]:
    """Others who report the same thing, a few steps away and hours later."""
    rng = generator(profile.seed, "repeats")
    origins = [events[k] for k in rng.choice(len(events), profile.repeats, replace=False)]
    points = np.array([(event.lon, event.lat) for event in origins]).reshape(-1, 2)
    points = shifted(points, *rng.normal(0.0, _REPEAT_M, (2, len(origins))))
    later = rng.exponential(_REPEAT_HOURS * 3600.0, len(origins)).astype(int)
    end = len(profile.days) * 86_400
    again = wordings(
        profile,
        [event.kind for event in origins],
        [event.wording.category for event in origins],
        rng,
    )
    return [
        Event(
            old.kind,
            old.wording.said_otherwise(new),
            float(point[0]),
            float(point[1]),
            old.second + wait if old.second + wait < end else old.second,
            old.near,
        )
        for old, new, point, wait in zip(origins, again, points, later.tolist(), strict=True)
    ]
