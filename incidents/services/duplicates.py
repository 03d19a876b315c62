"""Saying that two cases are not the same matter, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.models import User
from incidents.models import Incident, NotDuplicate

__all__ = ["refuse_duplicate"]


@transaction.atomic
def refuse_duplicate(*, case: Incident, other: Incident, by: User, now: datetime) -> NotDuplicate:
    """Remember that `case` and `other` are two matters; said again, it stands as it was first said.

    Raises `InvalidInput` for a case and itself, or cases of two places.
    """
    if case.pk == other.pk or case.place_id != other.place_id:
        raise InvalidInput("应为同一地区的另一件案件。 (Name another case of the place.)", "other")
    one, two = sorted((case, other), key=lambda row: row.pk)
    row, is_new = NotDuplicate.objects.get_or_create(
        one=one, other=two, defaults={"by": by, "at": now}
    )
    if is_new:
        audit.record(
            chain=f"duplicates:{case.place.code}",
            action="duplicates.refused",
            at=now,
            actor=by,
            data={"one": one.number, "other": two.number},
        )
    return row
