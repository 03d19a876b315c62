"""What the history of a demonstration is made of, read from a place's profile and checked."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gis.kernel.errors import InvalidInput

__all__ = ["Fixed", "HistoryProfile", "KindShape", "Season", "Spot", "Way", "Words", "load_history"]

FILE = "history.toml"


@dataclass(frozen=True, kw_only=True)
class KindShape:
    """A kind's share of all, and what its weekdays (7, from Monday) and hours (24) weigh."""

    share: float
    weekday: tuple[float, ...]
    hours: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A channel: its share of each kind, how exact its positions are, how late it sends."""

    shares: Mapping[str, float]
    accuracy_m: float
    lag_minutes: float


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place that gets more than its people explain: `share` of its kind's reports."""

    name: str
    kind: str
    lon: float
    lat: float
    radius_m: float
    share: float
    categories: tuple[str, ...] = ()
    first: date | None = None
    growth: float = 1.0

    def share_on(self, day: date, last: date, days: int) -> float:
        """Its share that day: nothing before its first, and `share` on average from then on."""
        if self.first is None:
            return self.share
        if day < self.first:
            return 0.0
        lived = (last - self.first).days
        along = (day - self.first).days / max(lived, 1)
        level = (1.0 + (self.growth - 1.0) * along) * 2.0 / (1.0 + self.growth)
        return self.share * level * days / (lived + 1)


@dataclass(frozen=True, kw_only=True)
class Season:
    """Days (both included) on which some categories weigh `factor` times as much."""

    categories: tuple[str, ...]
    first: date
    last: date
    factor: float


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """One report that is always there (WGS-84 degrees)."""

    at: datetime
    channel: str
    category: str
    lon: float
    lat: float
    accuracy_m: float
    address: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Words:
    """A category's weight within its kind, the groups of spots it is met at, and its problems."""

    weight: float
    spots: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryProfile:
    """Everything the history is made of. `digest` names exactly this content."""

    seed: str
    digest: str
    reports: int
    first_day: date
    last_day: date
    outside: int
    repeats: int
    kinds: Mapping[str, KindShape]
    ways: Mapping[str, Way]
    words: Mapping[str, Words]
    spot_words: Mapping[str, tuple[str, ...]]
    asks: Mapping[str, tuple[str, ...]]
    spots: tuple[Spot, ...] = ()
    seasons: tuple[Season, ...] = ()
    fixed: tuple[Fixed, ...] = field(default=())

    @property
    def days(self) -> list[date]:
        """Every day of the history."""
        count = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(days=k) for k in range(count)]


def load_history(folder: Path) -> HistoryProfile:
    """Read `history.toml` of a profile's folder; `InvalidInput` names what is wrong."""
    path = folder / FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}", FILE) from error
    try:
        profile = _profile(tomllib.loads(raw.decode()), hashlib.sha256(raw).hexdigest())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path}: {type(error).__name__} {error}", FILE) from error
    _check(profile)
    return profile


def _profile(data: dict[str, Any], digest: str) -> HistoryProfile:
    words = data["words"]
    return HistoryProfile(
        seed=data["seed"],
        digest=digest,
        reports=data["reports"],
        first_day=data["first_day"],
        last_day=data["last_day"],
        outside=data["outside"],
        repeats=data["repeats"],
        kinds={name: KindShape(**_frozen(kind)) for name, kind in data["kind"].items()},
        ways={name: Way(**way) for name, way in data["channel"].items()},
        words={code: Words(**_frozen(row)) for code, row in words["category"].items()},
        spot_words={name: tuple(row) for name, row in words["spots"].items()},
        asks={name: tuple(row) for name, row in words["asks"].items()},
        spots=tuple(Spot(**_renamed(row)) for row in data.get("spot", ())),
        seasons=tuple(Season(**_renamed(row)) for row in data.get("season", ())),
        fixed=tuple(Fixed(**row) for row in data.get("fixed", ())),
    )


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """`from` and `until` are words of the file, and no names for Python."""
    names = {"from": "first", "until": "last"}
    return {names.get(key, key): value for key, value in _frozen(row).items()}


def _check(profile: HistoryProfile) -> None:
    if profile.last_day < profile.first_day:
        raise InvalidInput("last_day is before first_day", FILE)
    if profile.reports < profile.outside + profile.repeats + len(profile.fixed):
        raise InvalidInput("fewer reports than outside, repeats and fixed ones", FILE)
    for name, kind in profile.kinds.items():
        if len(kind.weekday) != 7 or len(kind.hours) != 24:
            raise InvalidInput(f"kind {name}: 7 weekdays and 24 hours are needed", FILE)
        if name not in profile.asks:
            raise InvalidInput(f"kind {name}: no words.asks", FILE)
        if not any(way.shares.get(name) for way in profile.ways.values()):
            raise InvalidInput(f"kind {name}: no channel brings it", FILE)
    if abs(sum(kind.share for kind in profile.kinds.values()) - 1.0) > 1e-6:
        raise InvalidInput("the shares of the kinds must add up to 1", FILE)
    named = [row.category for row in profile.fixed]
    named += [code for spot in profile.spots for code in spot.categories]
    named += [code for season in profile.seasons for code in season.categories]
    if unknown := sorted(set(named) - set(profile.words)):
        raise InvalidInput(f"no words for category {', '.join(unknown)}", FILE)
    groups = {group for row in profile.words.values() for group in row.spots}
    if unknown := sorted(groups - set(profile.spot_words)):
        raise InvalidInput(f"no words.spots named {', '.join(unknown)}", FILE)
