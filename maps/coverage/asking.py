"""What is asked of the coverage table: a window of the wall, or a day or a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rest_framework.request import Request

from gis.api.languages import halves
from gis.api.problems import refuse
from grids.api.scopes import Scope
from grids.models import Region
from maps.api.asking import moment_of, read_scope
from maps.coverage.table import SORTS, Level, Line, lines_of, sorted_lines
from maps.wall.coverage import WINDOWS, WITHIN_M, covered_at
from patrols.api.reading import read_day, read_period
from patrols.choices import Period
from patrols.selectors import CoverageRow, coverage_of, on_duty
from patrols.selectors.periods import Gone, days_of, error_of

__all__ = ["PARAMETERS", "CoverTable", "read_table"]

PARAMETERS = frozenset({"at", "window", "date", "period", "level", "region", "sort"})


@dataclass(frozen=True, slots=True)
class CoverTable:
    """The lines that were asked for, and of when.

    `window` is a name of `WINDOWS`, blank for a `period` that `day` lies in. `error_m` is told when
    the shares come from tracks that were kept instead of all positions.
    """

    scope: Scope
    today: date
    day: date
    since: datetime
    until: datetime
    window: str
    period: Period
    level: Level
    region: str
    sort: str
    lines: list[Line]
    seen: int
    total: int
    on_duty: int | None
    error_m: float | None
    within_m: int = WITHIN_M


def read_table(request: Request, now: datetime) -> CoverTable:
    """Read the question and answer it. Raises `Refused`, with 410 for what was deleted."""
    scope = read_scope(request, PARAMETERS)
    asked = request.query_params
    level = _choice(asked.get("level", ""), "level", [one.value for one in Level])
    sorts = [sign + name for name in SORTS for sign in ("", "-")]
    sort = _choice(asked.get("sort", ""), "sort", ["share", *sorts])
    region = _region(scope, asked.get("region", ""))
    when = _window(request, scope, now) or _period(request, scope, now)
    rows, window, day, period, since, until, error_m = when
    grids = lines_of(scope.edition, rows, Level.GRID, region)
    lines = grids if level == Level.GRID else lines_of(scope.edition, rows, Level(level), region)
    return CoverTable(
        scope=scope,
        today=now.astimezone(ZoneInfo(scope.place.time_zone)).date(),
        day=day,
        since=since,
        until=until,
        window=window,
        period=period,
        level=Level(level),
        region=region,
        sort=sort,
        lines=sorted_lines(lines, sort),
        seen=sum(line.seen for line in grids),
        total=len(grids),
        on_duty=_on_duty(scope, window, since, until, now),
        error_m=error_m,
    )


def _on_duty(
    scope: Scope, window: str, since: datetime, until: datetime, now: datetime
) -> int | None:
    if window:
        return on_duty(scope.place, until)
    return on_duty(scope.place, now) if since <= now <= until else None


_When = tuple[list[CoverageRow], str, date, Period, datetime, datetime, float | None]


def _window(request: Request, scope: Scope, now: datetime) -> _When | None:
    """A window that ends at a moment, as the wall shows it; None when none is asked for."""
    asked = request.query_params
    if not (asked.get("window") or asked.get("at")):
        return None
    for name in ("date", "period"):
        if asked.get(name):
            zh, en = "不能与 at、window 同时给出。", "Not together with at or window."
            raise refuse(name, "one_of", zh, en)
    moment = moment_of(request, scope, now)
    window = _choice(asked.get("window", ""), "window", list(WINDOWS))
    try:
        covered = covered_at(scope.edition, moment, window)
    except Gone as gone:
        raise refuse("at", "retention_over", *halves(gone.message), status_code=410) from gone
    day = moment.at.date()
    error_m = covered.error_m
    return covered.rows, window, day, Period.DAY, covered.since, covered.until, error_m


def _period(request: Request, scope: Scope, now: datetime) -> _When:
    asked, place = request.query_params, scope.place
    day, period = read_day(asked.get("date", ""), place, now), read_period(asked.get("period", ""))
    if day > now.astimezone(ZoneInfo(place.time_zone)).date():
        zh, en = "不能在将来。", "Must not be in the future."
        raise refuse("date", "in_the_future", zh, en)
    days = days_of(place, period, day)
    try:
        rows = coverage_of(scope.edition, day, period=period, within_m=WITHIN_M)
    except Gone as gone:
        raise refuse("date", "retention_over", *halves(gone.message), status_code=410) from gone
    error_m = error_of(scope.edition, day, period=period, within_m=WITHIN_M)
    return rows, "", day, period, days[0][0], days[-1][1] - timedelta(minutes=1), error_m


def _region(scope: Scope, code: str) -> str:
    known = Region.objects.of(scope.edition)
    if code and ("\0" in code or not known.filter(code=code).exists()):
        zh, en = "此版本没有这个街道或社区。", "The edition has no such region."
        raise refuse("region", "unknown_region", zh, en)
    return code


def _choice(text: str, field: str, known: list[str]) -> str:
    """One of `known`, the first without a word. Raises `Refused`."""
    if text and text not in known:
        names = sorted(set(known))
        zh, en = f"可用：{'、'.join(names)}。", f"Use one of: {', '.join(names)}."
        raise refuse(field, "unknown_choice", zh, en)
    return text or known[0]
