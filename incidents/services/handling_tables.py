"""Time limits, the responsibility list, rules and holidays from a profile, loaded once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import chinese_calendar
from django.db import transaction
from psycopg.types.range import DateRange

from gis.kernel.errors import InvalidInput
from grids.models import Place, Unit
from incidents.choices import DayKind, LimitUnit, Step
from incidents.models import DuplicateRule, Holiday, Limit, Responsibility, Rule

__all__ = ["FILE", "HandlingCounts", "load_handling", "seed_holidays"]

FILE = "handling.toml"
_LISTED_SINCE = date(2022, 1, 1)


@dataclass(frozen=True)
class HandlingCounts:
    """How many rows were added; what was there is left as it is."""

    limits: int
    responsibilities: int
    rules: int
    holidays: int
    duplicates: int


@transaction.atomic
def load_handling(folder: Path, place: Place) -> HandlingCounts:
    """Add to `place` what the profile's folder says and is not there yet.

    A table that has a row of the place already was edited, and is left alone. Raises `InvalidInput`
    naming the row and what is wrong in it.
    """
    path = folder / FILE
    if not path.is_file():
        return HandlingCounts(0, 0, 0, 0, 0)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"不是 TOML：{error} (not TOML)", FILE) from None
    units = {one.code: one for one in Unit.objects.filter(place=place)}
    return HandlingCounts(
        _load_limits(place, told.get("limit", ())),
        _load_responsibilities(place, told.get("responsibility", ()), units),
        _load_rules(place, told.get("rule", ()), units),
        seed_holidays(place, int(told["holidays_from"])) if "holidays" in told else 0,
        _load_duplicates(place, told.get("duplicate", ())),
    )


def seed_holidays(place: Place, first_year: int) -> int:
    """Add the public holidays and make-up working days of China that the library knows, from
    `first_year` on; days that are there are left as they are. Returns how many were added.

    Source: the State Council's yearly notices, as kept by `chinesecalendar`.
    """
    known = set(Holiday.objects.filter(place=place).values_list("day", flat=True))
    rows = [
        Holiday(place=place, day=day, kind=kind, name=_CHINESE.get(name, name))
        for table, kind in (
            (chinese_calendar.holidays, DayKind.HOLIDAY),
            (chinese_calendar.workdays, DayKind.MAKE_UP),
        )
        for day, name in table.items()
        if day.year >= first_year and day not in known
    ]
    return len(Holiday.objects.bulk_create(rows))


_CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def _load_limits(place: Place, rows: Iterable[dict[str, Any]]) -> int:
    if Limit.objects.filter(place=place).exists():
        return 0
    made = []
    for row in rows:
        if row.get("step") not in Step.values:
            raise InvalidInput(f"未知环节：{row} (unknown step)", FILE)
        amount, unit = _time_of(row)
        made.append(
            Limit(
                place=place,
                step=row["step"],
                kind=row.get("kind", ""),
                category_code=row.get("category", ""),
                amount=amount,
                amount_unit=unit,
            )
        )
    return len(Limit.objects.bulk_create(made))


def _load_responsibilities(
    place: Place, rows: Iterable[dict[str, Any]], units: dict[str, Unit]
) -> int:
    if Responsibility.objects.filter(place=place).exists():
        return 0
    count = 0
    for row in rows:
        amount, unit = _time_of(row)
        made = Responsibility.objects.create(
            place=place,
            category_code=row["category"],
            lead=_unit(units, row["lead"]),
            amount=amount,
            amount_unit=unit,
            valid=DateRange(row.get("from", _LISTED_SINCE), row.get("until")),
            ruling=row.get("ruling", ""),
        )
        made.supporting.set(_unit(units, code) for code in row.get("supporting", ()))
        count += 1
    return count


def _load_rules(place: Place, rows: Iterable[dict[str, Any]], units: dict[str, Unit]) -> int:
    if Rule.objects.filter(place=place).exists():
        return 0
    made = [
        Rule(
            place=place,
            name=row["name"],
            order=row.get("order", 100),
            kind=row.get("kind", ""),
            category_codes=row.get("categories", []),
            weekdays=row.get("weekdays", []),
            time_from=row.get("from"),
            time_until=row.get("until"),
            unit=_unit(units, row["unit"]),
            is_automatic=row.get("automatic", False),
            is_on=row.get("on", False),
        )
        for row in rows
    ]
    return len(Rule.objects.bulk_create(made))


def _load_duplicates(place: Place, rows: Iterable[dict[str, Any]]) -> int:
    if DuplicateRule.objects.filter(place=place).exists():
        return 0
    made = []
    for row in rows:
        given = dict(row)
        code = given.pop("category", "")
        if unknown := given.keys() - _OF_A_DUPLICATE:
            raise InvalidInput(f"未知项 {sorted(unknown)}：{row} (unknown)", FILE)
        made.append(DuplicateRule(place=place, category_code=code, **given))
    return len(DuplicateRule.objects.bulk_create(made))


_OF_A_DUPLICATE = {
    "distance_m", "days_open", "days_closed", "least_text", "least_score", "weight_distance",
    "weight_time", "weight_text",
}  # fmt: skip


def _time_of(row: dict[str, Any]) -> tuple[float, str]:
    for name, unit in (("hours", LimitUnit.WORKING_HOURS), ("days", LimitUnit.WORKING_DAYS)):
        if isinstance(row.get(name), int | float) and row[name] > 0:
            return float(row[name]), unit
    raise InvalidInput(f"缺少 hours 或 days：{row} (is missing)", FILE)


def _unit(units: dict[str, Unit], code: Any) -> Unit:
    if code not in units:
        raise InvalidInput(f"没有责任单位 {code} (no such unit)", FILE)
    return units[code]
