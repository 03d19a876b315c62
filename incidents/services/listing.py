"""The responsibility list, by versions: a row is ended and another begun, none is edited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from psycopg.types.range import DateRange

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.models import Place, Unit, User
from incidents.models import Incident, Responsibility
from incidents.workflow.office import Allowance

__all__ = ["begin_responsibility", "end_responsibility"]


@transaction.atomic
def begin_responsibility(
    *,
    place: Place,
    category_code: str,
    lead: Unit,
    supporting: Iterable[Unit],
    allowance: Allowance,
    from_day: date,
    ruling: str,
    by: User | None,
    now: datetime,
    settled_by: Incident | None = None,
) -> Responsibility:
    """Begin a row of the list on `from_day` (local); the one that held then ends on that day.

    It holds until the next row of the category begins, or for good. A row that began on the very
    day is left without a day, so that the list still tells that it was there. Raises `InvalidInput`
    for a unit of another place.
    """
    units = [lead, *(one for one in dict.fromkeys(supporting) if one.pk != lead.pk)]
    if any(one.place_id != place.pk for one in units):
        raise InvalidInput("单位属于另一地区。 (A unit is of another place.)", "lead")
    # One writer at a time; not a full lock, which would keep reports out.
    Place.objects.select_for_update(no_key=True).only("pk").get(pk=place.pk)
    rows = Responsibility.objects.filter(place=place, category_code=category_code)
    ended = rows.filter(valid__contains=from_day).first()
    if ended is not None:
        ended.valid = DateRange(ended.valid.lower, from_day)
        ended.save(update_fields=["valid"])
    later = rows.filter(valid__fully_gt=DateRange(None, from_day)).exclude(valid__isempty=True)
    begins = [one.valid.lower for one in later]
    made = Responsibility.objects.create(
        place=place,
        category_code=category_code,
        lead=lead,
        amount=allowance.amount,
        amount_unit=allowance.unit,
        valid=DateRange(from_day, min(begins, default=None)),
        ruling=ruling,
        settled_by=settled_by,
    )
    made.supporting.set(units[1:])
    audit.record(
        chain=f"responsibilities:{place.code}",
        action="responsibility.begun",
        at=now,
        actor=by,
        data={
            "row": made.pk,
            "category": category_code,
            "lead": lead.code,
            "supporting": [one.code for one in units[1:]],
            "amount": allowance.amount,
            "unit": str(allowance.unit),
            "from": from_day.isoformat(),
            "ended": ended.pk if ended else None,
            "settled_by": settled_by.number if settled_by else None,
        },
    )
    return made


@transaction.atomic
def end_responsibility(*, row: Responsibility, day: date, by: User, now: datetime) -> None:
    """Let a row of the list hold before `day` only. Raises `InvalidInput` where it does not hold
    on that day, or ends earlier.
    """
    held = Responsibility.objects.select_for_update().get(pk=row.pk)
    if held.valid.isempty or day not in held.valid:
        raise InvalidInput("这一行在那天不生效。 (The row does not hold on that day.)", "day")
    held.valid = DateRange(held.valid.lower, day)
    held.save(update_fields=["valid"])
    audit.record(
        chain=f"responsibilities:{held.place.code}",
        action="responsibility.ended",
        at=now,
        actor=by,
        data={"row": held.pk, "category": held.category_code, "until": day.isoformat()},
    )
