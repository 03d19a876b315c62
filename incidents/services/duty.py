"""Who is on duty at a desk, and how one hands it to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.choices import Role
from grids.models import Unit, User
from incidents.models import DutyShift, Handover
from incidents.waiting import unit_ids
from incidents.workflow.errors import NotAllowed
from incidents.workflow.standing import Standing, standing_of

__all__ = [
    "EDITORS", "add_shift", "drop_shift", "hand_over", "may_edit", "sign_handover", "units_for",
]  # fmt: skip

EDITORS = frozenset({Role.ADMIN, Role.CENTRE, Role.SUBDISTRICT})
_LONGEST = timedelta(hours=24)


def units_for(standing: Standing) -> list[Unit]:
    """The units whose desk somebody belongs to."""
    return list(Unit.objects.filter(pk__in=unit_ids(standing)).order_by("code"))


def may_edit(standing: Standing) -> bool:
    return bool(EDITORS & standing.roles)


@transaction.atomic
def add_shift(
    *, unit: Unit, user: User, begins: datetime, ends: datetime, by: User, now: datetime
) -> DutyShift:
    """Put `user` on duty. The same shift again is the one that is there.

    Raises `NotAllowed`, and `InvalidInput` for a time that is none or taken.
    """
    _require(unit, by, now, edits=True)
    if not timedelta(0) < ends - begins <= _LONGEST:
        raise InvalidInput(
            "值班应在 24 小时以内，止晚于起。 (At most 24 hours, and ending after it begins.)",
            "ends",
        )
    during = TimestamptzRange(begins, ends)
    there = DutyShift.objects.filter(unit=unit, user=user, during=during).first()
    if there is not None:
        return there
    try:
        with transaction.atomic():
            shift = DutyShift.objects.create(
                place_id=unit.place_id, unit=unit, user=user, during=during
            )
    except IntegrityError:
        zh, en = "此人这段时间已有值班。", "They are on duty during that time already."
        raise InvalidInput(f"{zh} ({en})", "user") from None
    told = {"shift": shift.pk, "user": user.pk, "from": begins.isoformat(), "to": ends.isoformat()}
    _record("duty.added", unit, by, now, told)
    return shift


@transaction.atomic
def drop_shift(*, shift: DutyShift, by: User, now: datetime) -> None:
    """Take a shift off the roster. Raises `NotAllowed`."""
    _require(shift.unit, by, now, edits=True)
    _record("duty.dropped", shift.unit, by, now, {"shift": shift.pk, "user": shift.user_id})
    shift.delete()


@transaction.atomic
def hand_over(
    *, unit: Unit, to: User, text: str, figures: Mapping[str, Any], by: User, now: datetime
) -> Handover:
    """Hand the desk of `unit` to `to`, with the figures of now; it holds once they sign.

    One handover of a person waits at a time: another one replaces it. Raises `NotAllowed`, and
    `InvalidInput` when somebody would hand over to themselves.
    """
    _require(unit, by, now, edits=False)
    if to.pk == by.pk:
        raise InvalidInput("不能交给自己。 (Not to yourself.)", "to")
    Handover.objects.filter(unit=unit, from_user=by, signed_at__isnull=True).delete()
    made = Handover.objects.create(
        place_id=unit.place_id, unit=unit, from_user=by, to_user=to, at=now, text=text,
        figures=dict(figures),
    )  # fmt: skip
    told = {"handover": made.pk, "to": to.pk, "figures": dict(figures)}
    _record("duty.handed_over", unit, by, now, told)
    return made


@transaction.atomic
def sign_handover(*, handover: Handover, by: User, now: datetime) -> Handover:
    """Take over; signing again changes nothing. Raises `NotAllowed` for anybody else."""
    held = Handover.objects.select_for_update().get(pk=handover.pk)
    if held.to_user_id != by.pk:
        raise NotAllowed("由接班人签收。 (For the one who takes over.)", "user")
    if held.signed_at is None:
        held.signed_at = now
        held.save(update_fields=["signed_at"])
        _record("duty.taken_over", held.unit, by, now, {"handover": held.pk})
    return held


def _require(unit: Unit, by: User, now: datetime, *, edits: bool) -> None:
    standing = standing_of(by, now)
    mine = unit.pk in unit_ids(standing)
    if not mine or (edits and not may_edit(standing)):
        zh, en = "不是本单位的值班。", "Not the desk of your unit."
        raise NotAllowed(f"{zh} ({en})", "unit")


def _record(action: str, unit: Unit, by: User, now: datetime, data: dict[str, Any]) -> None:
    audit.record(chain=f"duty:{unit.pk}", action=action, at=now, actor=by, data=data)
