"""What a version of the scheme says, read and checked: points, shares of answers, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gis.kernel.errors import InvalidInput

__all__ = ["PARTS", "Thresholds", "Weights", "read_thresholds", "read_weights"]

# The parts of a score and the lines of each, in the order they are told.
PARTS: dict[str, tuple[str, ...]] = {
    "responsiveness": ("dispatch", "check_in"),
    "closure": ("handle", "close", "rework", "reopened", "suspended", "extended"),
    "satisfaction": ("answers",),
}
_EACH = ("rework", "reopened")
_ANSWERS = ("5", "4", "3", "2", "1", "none")
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each line (they add up to 100), what each repetition costs, shares of answers."""

    points: Mapping[str, Decimal]
    each: Mapping[str, Decimal]
    answers: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where a notice is proposed, and by which channels the public reports."""

    lower: float
    overdue_days: float
    public_channels: tuple[str, ...]


def read_weights(told: Any) -> Weights:
    """Read the weights of a scheme. Raises `InvalidInput` naming the first value that is wrong."""
    _only(told, (*PARTS, "each", "answers"), "weights")
    points: dict[str, Decimal] = {}
    for part, lines in PARTS.items():
        _only(told[part], lines, part)
        points |= {name: _number(told[part], name, part, most=_WHOLE) for name in lines}
    if sum(points.values()) != _WHOLE:
        total = sum(points.values())
        raise InvalidInput(f"各项分值合计应为 100，现为 {total} (must add up to 100)", "weights")
    _only(told["each"], _EACH, "each")
    _only(told["answers"], _ANSWERS, "answers")
    return Weights(
        points,
        {name: _number(told["each"], name, "each", most=_WHOLE) for name in _EACH},
        {name: _number(told["answers"], name, "answers", most=Decimal(1)) for name in _ANSWERS},
    )


def read_thresholds(told: Any) -> Thresholds:
    """Read the thresholds of a scheme. Raises `InvalidInput`."""
    _only(told, ("lower", "overdue_days", "public_channels"), "thresholds")
    channels = told["public_channels"]
    if not isinstance(channels, list) or not all(isinstance(one, str) for one in channels):
        raise InvalidInput("应为渠道代码的列表 (a list of channel codes)", "public_channels")
    return Thresholds(
        float(_number(told, "lower", "thresholds", most=_WHOLE)),
        float(_number(told, "overdue_days", "thresholds", most=Decimal(365))),
        tuple(channels),
    )


def _only(told: Any, names: tuple[str, ...], field: str) -> None:
    if not isinstance(told, dict) or set(told) != set(names):
        raise InvalidInput(f"应恰好有 {'、'.join(names)} (exactly these names)", field)


def _number(told: Mapping[str, Any], name: str, field: str, *, most: Decimal) -> Decimal:
    value = told[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("应为数字 (must be a number)", f"{field}.{name}")
    found = Decimal(str(value))
    # Two decimals, so that points add up exactly.
    if not (0 <= found <= most and found == round(found, 2)):
        raise InvalidInput(f"应在 0 与 {most} 之间，至多两位小数 (0 to {most})", f"{field}.{name}")
    return found
