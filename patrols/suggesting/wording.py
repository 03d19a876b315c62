"""A suggestion in words, in the language of the request."""

from __future__ import annotations

from django.utils.translation import gettext as _

from patrols.choices import SpotState
from patrols.selectors.recorded import MOST_DAYS
from patrols.suggesting.numbers import Numbers
from patrols.suggesting.places import Candidate
from patrols.suggesting.walk import Stop, Suggestion

__all__ = ["note", "reasons", "title", "why_nothing"]


def title(stop: Stop) -> str:
    """The name of a spot, or where ground lies from here."""
    if stop.place.spot is not None:
        return stop.place.spot.spot.name
    points = (
        _("北"), _("东北"), _("东"), _("东南"), _("南"), _("西南"), _("西"), _("西北"),
    )  # fmt: skip
    point = points[round(stop.bearing_deg / 45) % 8]
    return _("{point}方 {n} 米").format(point=point, n=round(stop.away_m / 10) * 10)


def reasons(place: Candidate, numbers: Numbers) -> list[str]:
    """Why it is suggested; every part that counts is said."""
    found = [_staleness(place)] if place.stale > 0 else []
    if place.near:
        text = _("附近 {days} 天有 {n} 件诉求")
        found.append(text.format(days=numbers.near_days, n=place.near))
    if place.spot is not None:
        found.append(_due(place))
    return found


def _staleness(place: Candidate) -> str:
    if place.spot is None:
        area = _("约 {n} 公顷").format(n=round(place.area_m2 / 10_000, 1))
        return f"{area} {_days(place.days)}"
    return _days(place.days)


def _days(days: int | None) -> str:
    if days is None:
        return _("没有记录")
    if days >= MOST_DAYS:
        return _("{n} 天以上没有记录").format(n=MOST_DAYS)
    return _("{n} 天没有记录").format(n=days) if days else _("今天有记录")


def _due(place: Candidate) -> str:
    if place.spot is not None and place.spot.state == SpotState.NEVER:
        return _("还没有走访记录")
    if place.late_days:
        return _("走访点逾期 {n} 天").format(n=place.late_days)
    return _("走访点今天到期")


def why_nothing(found: Suggestion) -> str:
    """Empty when there is a walk."""
    if found.stops:
        return ""
    if found.considered:
        return _("有 {n} 处可看，但这段时间内都走不到。").format(n=found.considered)
    return _("本网格近 3 天都有记录，也没有到期的点。")


def note() -> str:
    return _("建议，不是命令。按直线距离和步行速度估算，不知道路和门；不保存，不用于考核。")
