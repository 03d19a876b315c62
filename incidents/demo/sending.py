"""How what happened becomes a report: by a channel, off by its accuracy, in its datum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from gis.kernel.datum import from_wgs84
from grids.demo.chance import generator
from incidents.demo.places import shifted
from incidents.demo.profile import HistoryProfile
from incidents.demo.rows import DrawnReport
from incidents.demo.words import Wording

__all__ = ["Event", "send", "send_fixed"]

_LAG_SPREAD = 0.8
_LONGEST_LAG_MINUTES = 6 * 24 * 60
# Without an accuracy the sender pointed at a map: this far off, as a rule.
_POINTED_M = 15.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: what, where (WGS-84), when it was reported, and in which words."""

    kind: str
    wording: Wording
    lon: float
    lat: float
    second: int
    near: str


def _channels(profile: HistoryProfile, events: list[Event], rng: np.random.Generator) -> list[str]:
    names = list(profile.ways)
    draws = rng.random(len(events)).tolist()
    upto = {}
    for kind in profile.kinds:
        shares = np.array([profile.ways[name].shares.get(kind, 0.0) for name in names])
        upto[kind] = np.cumsum(shares / shares.sum())
    last = len(names) - 1
    return [
        names[min(int(np.searchsorted(upto[event.kind], draw, side="right")), last)]
        for event, draw in zip(events, draws, strict=True)
    ]


def send(
    profile: HistoryProfile, events: list[Event], datums: Mapping[str, str], start: datetime
) -> list[DrawnReport]:
    """Events as their channels send them: off by their accuracy, in their datum, with their lag.

    `start` is the first midnight of the history, `datums` the datum of every channel.
    """
    rng = generator(profile.seed, "sending")
    count, channels = len(events), _channels(profile, events, rng)
    ways = [profile.ways[name] for name in channels]
    median_m = np.array([way.accuracy_m for way in ways])
    accuracy_m = np.round(median_m * rng.lognormal(0.0, 0.5, count), 1)
    spread_m = np.where(accuracy_m > 0, accuracy_m / 2.0, _POINTED_M)
    true = np.array([(event.lon, event.lat) for event in events])
    points = shifted(true, *(rng.normal(0.0, 1.0, (2, count)) * spread_m))
    for datum in sorted({datums[name] for name in channels}):
        at = np.array([datums[name] == datum for name in channels])
        points[at] = np.column_stack(from_wgs84(points[at, 0], points[at, 1], datum))
    lag = np.array([way.lag_minutes for way in ways]) * rng.lognormal(0.0, _LAG_SPREAD, count)
    lag_s = np.rint(np.minimum(lag, _LONGEST_LAG_MINUTES)).astype(int) * 60
    rows = zip(
        events, channels, points.round(6).tolist(), accuracy_m.tolist(), lag_s.tolist(), strict=True
    )
    return [
        _report(event, name, point, radius_m, waited, datums[name], start)
        for event, name, point, radius_m, waited in rows
    ]


def _report(
    event: Event,
    channel: str,
    point: list[float],
    accuracy_m: float,
    waited_s: int,
    datum: str,
    start: datetime,
) -> DrawnReport:
    received = start + timedelta(seconds=event.second)
    said = event.wording
    return DrawnReport(
        received_at=received,
        occurred_at=received - timedelta(seconds=waited_s),
        channel=channel,
        kind=event.kind,
        category=said.category,
        description=said.text,
        # Who sends no accuracy tells the place in words.
        address="" if accuracy_m or not event.near else f"{event.near}{said.spot}",
        lon=point[0],
        lat=point[1],
        datum=datum,
        accuracy_m=accuracy_m or None,
    )


def send_fixed(
    profile: HistoryProfile, kinds: Mapping[str, str], datums: Mapping[str, str]
) -> list[DrawnReport]:
    """The reports that are always there, noticed and sent at once."""
    found = []
    for row in profile.fixed:
        datum = datums[row.channel]
        lon, lat = from_wgs84(row.lon, row.lat, datum)
        found.append(
            DrawnReport(
                received_at=row.at,
                occurred_at=row.at,
                channel=row.channel,
                kind=kinds[row.category],
                category=row.category,
                description=row.description,
                address=row.address,
                lon=round(lon, 6),
                lat=round(lat, 6),
                datum=datum,
                accuracy_m=row.accuracy_m,
            )
        )
    return found
