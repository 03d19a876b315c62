"""What the tables of a place say: its calendar, time limits, responsibilities, rules and units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import connection

from gis.kernel.working_time import WorkCalendar
from grids.choices import UnitKind
from grids.models import Place, Unit
from incidents.choices import DayKind, LimitUnit, Step
from incidents.models import Category, Holiday, Limit, Responsibility, Rule

__all__ = ["DEFAULT_LIMITS", "Allowance", "Duty", "Office", "RoutingRule", "office_at", "office_of"]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much time something may take."""

    amount: float
    unit: str

    def seconds(self, day_s: float) -> float:
        """As working seconds, where a working day has `day_s` of them."""
        per = day_s if self.unit == LimitUnit.WORKING_DAYS else 3600.0
        return self.amount * per


# Where a place has no row for a step. The national tables were not read: a place sets its own.
DEFAULT_LIMITS: dict[str, Allowance] = {
    Step.VERIFY: Allowance(2, LimitUnit.WORKING_HOURS),
    Step.FILE: Allowance(2, LimitUnit.WORKING_HOURS),
    Step.DISPATCH: Allowance(2, LimitUnit.WORKING_HOURS),
    Step.CHECK_IN: Allowance(2, LimitUnit.WORKING_HOURS),
    Step.HANDLE: Allowance(5, LimitUnit.WORKING_DAYS),
    Step.FEED_BACK: Allowance(4, LimitUnit.WORKING_HOURS),
    Step.INSPECT: Allowance(1, LimitUnit.WORKING_DAYS),
    Step.CLOSE: Allowance(4, LimitUnit.WORKING_HOURS),
    Step.CALL_BACK: Allowance(3, LimitUnit.WORKING_DAYS),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the responsibility list."""

    category: str
    lead: Unit
    supporting: tuple[Unit, ...]
    allowance: Allowance
    valid: Any
    ruling: str


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A rule that is switched on, with its area as a shapely geometry (EPSG:4326)."""

    rule: Rule
    area: Any


@dataclass(frozen=True, slots=True)
class Office:
    """The tables of one place, read together."""

    place: Place
    zone: ZoneInfo
    calendar: WorkCalendar
    limits: dict[tuple[str, str, str], Allowance]
    duties: dict[str, tuple[Duty, ...]]
    rules: tuple[RoutingRule, ...]
    units: dict[str, Unit]
    units_by_id: dict[int, Unit]
    offices: dict[tuple[str, str], Unit]
    categories: tuple[Category, ...]
    categories_by_id: dict[int, Category]

    def allowance(self, step: str, kind: str, category: str) -> Allowance:
        """The limit of a step: that of the category, else of the kind, else of all."""
        if category and (step, "", category) in self.limits:
            return self.limits[step, "", category]
        return (
            self.limits.get((step, kind, ""))
            or self.limits.get((step, "", ""))
            or DEFAULT_LIMITS[step]
        )

    def duty(self, category: str, day: date) -> Duty | None:
        """The row of the responsibility list for `category` that holds on `day`."""
        return next((one for one in self.duties.get(category, ()) if day in one.valid), None)

    def category(self, code: str, at: datetime) -> Category | None:
        """The class of demand of that code which is valid at `at`."""
        return next((one for one in self.categories_at(at) if one.code == code), None)

    def categories_at(self, at: datetime) -> list[Category]:
        """The classes of demand that are valid at `at`."""
        day = self.day(at)
        return [one for one in self.categories if day in one.valid]

    def day(self, at: datetime) -> date:
        """The local day of an instant."""
        return at.astimezone(self.zone).date()

    def office_for(self, kind: UnitKind, region: str) -> Unit | None:
        """The office of that kind which serves a region."""
        return self.offices.get((kind, region))

    def of_kind(self, kind: UnitKind) -> Unit | None:
        """The first unit of a kind: the centre, the establishment office."""
        return next((one for one in self.units.values() if one.kind == kind), None)

    @property
    def day_s(self) -> float:
        """The working seconds of a working day."""
        ends = datetime.combine(date.min, self.place.work_until)
        return (ends - datetime.combine(date.min, self.place.work_from)).total_seconds()

    @property
    def default_unit(self) -> Unit | None:
        """Who takes what nothing else settles."""
        return next((one for one in self.units.values() if one.is_default), None)


def office_of(place: Place) -> Office:
    """The tables of `place` as they are now: read again only when a row of them has changed."""
    return office_at(place.pk)


def office_at(place_id: int) -> Office:
    """As `office_of`, for the key of a place."""
    return _office(place_id, _stamp(place_id))


_STAMP = """
SELECT
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM incidents_holiday t WHERE place_id = %(place)s),
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM incidents_limit t WHERE place_id = %(place)s),
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM incidents_responsibility t WHERE place_id = %(place)s),
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM incidents_responsibility_supporting t),
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM incidents_rule t WHERE place_id = %(place)s),
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM incidents_category t),
  (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM grids_unit t WHERE place_id = %(place)s),
  (SELECT hashtextextended(weekdays::text || work_from || work_until || time_zone, 0) FROM grids_place WHERE id = %(place)s)
"""  # noqa: E501 - one line a table


def _stamp(place: int) -> tuple[Any, ...]:
    """A digest of every row that an office is made of, whoever changed it and how."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, {"place": place})
        return tuple(cursor.fetchone())


@lru_cache(maxsize=8)
def _office(place_id: int, _stamp: tuple[Any, ...]) -> Office:
    place = Place.objects.defer("envelope").get(pk=place_id)
    units = {one.code: one for one in Unit.objects.filter(place=place).order_by("code")}
    by_id = {one.pk: one for one in units.values()}
    categories = tuple(Category.objects.all())
    return Office(
        place=place,
        zone=ZoneInfo(place.time_zone),
        calendar=calendar_of(place),
        limits={
            (one.step, one.kind, one.category_code): Allowance(one.amount, one.amount_unit)
            for one in Limit.objects.filter(place=place)
        },
        duties=_duties(place, by_id),
        rules=tuple(_rules(place)),
        units=units,
        units_by_id=by_id,
        offices={(one.kind, one.region_code): one for one in units.values() if one.region_code},
        categories=categories,
        categories_by_id={one.pk: one for one in categories},
    )


def calendar_of(place: Place) -> WorkCalendar:
    """The working calendar of `place`, with the days that are not what their weekday says."""
    days = list(Holiday.objects.filter(place=place).order_by("day").values_list("day", "kind"))
    return WorkCalendar(
        weekdays=frozenset(place.weekdays),
        begins=place.work_from,
        ends=place.work_until,
        zone=ZoneInfo(place.time_zone),
        holidays=frozenset(day for day, kind in days if kind == DayKind.HOLIDAY),
        makeup_days=frozenset(day for day, kind in days if kind == DayKind.MAKE_UP),
        # A table that knows a day of a year knows that year.
        known_until=date(days[-1][0].year, 12, 31) if days else None,
    )


def _duties(place: Place, units: dict[int, Unit]) -> dict[str, tuple[Duty, ...]]:
    found: dict[str, list[Duty]] = {}
    rows = Responsibility.objects.filter(place=place).prefetch_related("supporting")
    for row in rows.order_by("category_code", "pk"):
        found.setdefault(row.category_code, []).append(
            Duty(
                row.category_code,
                units[row.lead_id],
                tuple(units[one.pk] for one in row.supporting.all()),
                Allowance(row.amount, row.amount_unit),
                row.valid,
                row.ruling,
            )
        )
    return {code: tuple(rows) for code, rows in found.items()}


def _rules(place: Place) -> list[RoutingRule]:
    rows = Rule.objects.filter(place=place, is_on=True).annotate(wkb=AsWKB("area"))
    found = []
    for row in rows.defer("area").order_by("order", "pk"):
        area = shapely.from_wkb(bytes(row.wkb)) if row.wkb is not None else None
        if area is not None:
            shapely.prepare(area)
        found.append(RoutingRule(row, area))
    return found
