"""Notices of accountability: issued by the centre or a leader, answered by the unit, then closed.

Nothing issues a notice by itself: what is below a threshold is proposed, and somebody decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.models import Place, Unit, User
from incidents.assessment.figures import Table
from incidents.assessment.people import seats_of
from incidents.assessment.weights import read_thresholds
from incidents.choices import OPEN_STATES
from incidents.models import Incident, Notice
from incidents.models.assessment import NoticeState
from incidents.workflow.errors import NotAllowed, StateMoved
from incidents.workflow.office import office_of

__all__ = ["Proposal", "answer", "issue", "open_steps", "proposals"]

_MOST_DAYS = 30
# What may follow on what, and by whom: "unit" or "issuer".
STEPS: dict[str, tuple[frozenset[str], NoticeState, str]] = {
    "reply": (frozenset({NoticeState.ISSUED}), NoticeState.REPLIED, "unit"),
    "correct": (frozenset({NoticeState.REPLIED}), NoticeState.CORRECTED, "unit"),
    "close": (frozenset({NoticeState.CORRECTED}), NoticeState.CLOSED, "centre"),
    "withdraw": (
        frozenset({NoticeState.ISSUED, NoticeState.REPLIED}), NoticeState.WITHDRAWN, "issuer",
    ),
}  # fmt: skip
_DENIED = "没有这项权限。 (You may not do this.)"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit that a notice might be issued to, why, and the figure it rests on."""

    unit: Unit
    why: str
    figure: dict[str, Any]


@transaction.atomic
def issue(
    *, place: Place, unit: Unit, reason: str, figure: dict[str, Any], days: float, key: UUID,
    by: User, now: datetime, person: User | None = None,
) -> Notice:  # fmt: skip
    """Issue a notice that is to be replied to within working `days`. The same key, the same notice.

    Raises `NotAllowed` and `InvalidInput`.
    """
    if not seats_of(by, now).is_issuing or (not by.is_superuser and by.place_id != place.pk):
        raise NotAllowed(_DENIED)
    if unit.place_id != place.pk or (person is not None and person.place_id != place.pk):
        raise InvalidInput("不属于本地区 (of another place)", "unit")
    words = _words(reason, "reason", most=1000)
    if not 0 < days <= _MOST_DAYS:
        raise InvalidInput(f"应在 1 与 {_MOST_DAYS} 之间 (1 to {_MOST_DAYS})", "days")
    office = office_of(place)
    try:
        with transaction.atomic():
            row: Notice = Notice.objects.create(
                place=place, key=key, unit=unit, person=person, reason=words, figure=figure,
                issued_by=by, issued_at=now,
                reply_due_at=office.calendar.add(now, days * office.day_s),
            )  # fmt: skip
    except IntegrityError:
        found: Notice | None = Notice.objects.filter(key=key, issued_by=by, unit=unit).first()
        if found is None:
            raise
        return found
    # The words may name somebody: the chain holds what they rest on, not the words.
    data = {"unit": unit.code, "person": person.pk if person else None, "figure": figure}
    _record(row, "issued", by, now, {**data, "reply_due_at": row.reply_due_at.isoformat()})
    return row


@transaction.atomic
def answer(*, number: int, step: str, words: str, by: User, now: datetime) -> Notice:
    """Take a step of a notice that `by` may see. Raises `NotAllowed`, `StateMoved`, `InvalidInput`.

    The unit replies and corrects, the centre closes, whoever issues may withdraw.
    """
    visible = Notice.objects.for_user(by).filter(pk=number).values("pk")
    row: Notice | None = Notice.objects.select_for_update().filter(pk__in=visible).first()
    if row is None or step not in STEPS:
        raise NotAllowed(_DENIED)
    sources, target, who = STEPS[step]
    if not _may(who, row, by, now):
        raise NotAllowed(_DENIED)
    if row.state not in sources:
        raise StateMoved("通知已不在这一步，请刷新。 (It has moved on: load it again.)")
    if step == "reply":
        row.reply, row.replied_by, row.replied_at = _words(words, "words"), by, now
    elif step == "correct":
        row.correction, row.corrected_by, row.corrected_at = _words(words, "words"), by, now
    else:
        row.ended_by, row.ended_at = by, now
    row.state = target
    row.save()
    _record(row, target.value, by, now, {"late": step == "reply" and now > row.reply_due_at})
    return row


def open_steps(row: Notice, by: User, now: datetime) -> list[str]:
    """The steps that `by` may take now."""
    return [
        name
        for name, (sources, _target, who) in STEPS.items()
        if row.state in sources and _may(who, row, by, now)
    ]


def proposals(table: Table, place: Place, now: datetime) -> list[Proposal]:
    """Units whose lower bound is under the scheme's threshold, and units with cases that are
    overdue by more working days than it says. `table` is by unit.
    """
    if table.scheme is None:
        return []
    thresholds = read_thresholds(table.scheme.thresholds)
    units = {one.code: one for one in Unit.objects.filter(place=place)}
    found = []
    for row in table.rows:
        standing = row.standing
        if standing is None or standing.rank is None or standing.low >= thresholds.lower:
            continue
        why = _("得分下限 {low:.1f}，低于 {least:g}（{n} 件）").format(
            low=standing.low, least=thresholds.lower, n=row.scored
        )
        figure = {
            "rule": "lower", "least": thresholds.lower, "lower": round(standing.low, 3),
            "mean": round(row.score or 0.0, 3), "scored": row.scored, "list": row.href,
            "scheme": table.scheme.pk,
        }  # fmt: skip
        found.append(Proposal(units[row.key], why, figure))
    return [*found, *_overdue(place, thresholds.overdue_days, now)]


def _overdue(place: Place, days: float, now: datetime) -> list[Proposal]:
    office = office_of(place)
    before = now - timedelta(days=days)
    open_cases = Incident.objects.filter(place=place, state__in=OPEN_STATES, unit__isnull=False)
    rows = open_cases.filter(due_at__lt=before).order_by("due_at")
    over: dict[int, list[str]] = {}
    for number, unit, due_at in rows.values_list("number", "unit_id", "due_at"):
        if due_at and office.calendar.between(due_at, now) > days * office.day_s:
            over.setdefault(unit, []).append(number)
    return [
        Proposal(
            office.units_by_id[unit],
            _("{n} 件超期超过 {days:g} 个工作日").format(n=len(numbers), days=days),
            {"rule": "overdue", "days": days, "cases": numbers[:200], "count": len(numbers)},
        )
        for unit, numbers in over.items()
    ]


def _may(who: str, row: Notice, by: User, now: datetime) -> bool:
    seats = seats_of(by, now)
    return {
        "unit": row.unit_id in seats.units,
        "centre": seats.is_deciding,
        "issuer": seats.is_issuing,
    }[who]


def _words(text: str, field: str, *, most: int = 2000) -> str:
    words = text.strip()
    if not words or "\x00" in words or len(words) > most:
        raise InvalidInput(f"请填写，至多 {most} 个字符 (1 to {most} characters)", field)
    return words


def _record(row: Notice, what: str, by: User, now: datetime, data: dict[str, Any]) -> None:
    audit.record(chain=f"notice:{row.pk}", action=f"notice.{what}", at=now, actor=by, data=data)
