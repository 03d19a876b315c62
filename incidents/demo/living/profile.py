"""Shares, pace and words of the demonstration's handling, read from a place's profile."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gis.kernel.errors import InvalidInput

__all__ = ["FILE", "LivingProfile", "Pace", "load_living"]

FILE = "living.toml"
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How much of a limit is used: the median share, its spread, how often it is overrun."""

    median: float
    spread: float
    late: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingProfile:
    """How many cases come to which end, by which ways, and what is said."""

    seed: str
    closed: int
    merged: int
    suspended: int
    livelihood: Mapping[str, float]
    turns: Mapping[str, float]
    pace: Pace
    scores: tuple[float, ...]
    words: Mapping[str, Words]


def load_living(folder: Path) -> LivingProfile | None:
    """Read `living.toml` of a profile; None where a place has none. Raises `InvalidInput`."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return LivingProfile(
            seed=told["seed"],
            closed=told["closed"],
            merged=told["merged"],
            suspended=told["suspended"],
            livelihood=told["livelihood"],
            turns=told["turns"],
            pace=Pace(**told["pace"]),
            scores=tuple(told["satisfaction"]["scores"]),
            words={
                topic: {name: tuple(rows) for name, rows in table.items()}
                for topic, table in told["words"].items()
            },
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise InvalidInput(f"{error!r} (is missing or wrong)", FILE) from None
