"""A unit appeals the score of a case; the centre decides; a correction keeps both figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.models import User
from grids.querysets import Viewer
from incidents.assessment.people import seats_of
from incidents.assessment.scoring import add_up
from incidents.models import Appeal, CaseScore
from incidents.models.assessment import AppealOutcome
from incidents.selectors import cases_for
from incidents.workflow.errors import NotAllowed, StateMoved

__all__ = ["ask", "decide", "may_ask", "may_decide", "scores_for"]

_DENIED = "没有这项权限。 (You may not do this.)"
_MOVED = "得分或申诉已变动，请刷新。 (It has moved on: load it again.)"


def scores_for(user: Viewer, number: str) -> list[CaseScore]:
    """The scores of a case that `user` may see, the latest first, with what explains them."""
    rows = CaseScore.objects.filter(incident__in=cases_for(user), incident__number=number)
    rows = rows.select_related("scheme", "unit", "appeal").prefetch_related("appeals")
    return list(rows.order_by("-closing", "-scored_at", "-pk"))


def may_ask(score: CaseScore, by: Viewer, now: datetime) -> bool:
    """Whether `by` acts for the unit that was scored, and the score stands and counts."""
    return score.counts and score.unit_id is not None and score.unit_id in seats_of(by, now).units


def may_decide(appeal: Appeal, by: Viewer, now: datetime) -> bool:
    """Whether `by` is of the centre: but nobody decides what they asked for themselves."""
    return seats_of(by, now).is_deciding and appeal.asked_by_id != by.pk


@transaction.atomic
def ask(*, score: int, reason: str, by: User, now: datetime) -> Appeal:
    """Appeal a score for the unit it is of. Asked again while one is pending, it is that one.

    Raises `NotAllowed`, `StateMoved`, `InvalidInput`.
    """
    row = _locked(score, by)
    if not may_ask(row, by, now) or row.unit is None:
        raise NotAllowed(_DENIED)
    words = _words(reason, "reason")
    pending = Appeal.objects.filter(score=row, outcome=AppealOutcome.PENDING).first()
    if pending is not None:
        return pending
    appeal = Appeal.objects.create(
        score=row, unit=row.unit, reason=words, asked_by=by, asked_at=now
    )
    _record(appeal, row, "asked", by, now, {"unit": row.unit.code})
    return appeal


@transaction.atomic
def decide(
    *, appeal: int, points: Mapping[str, float] | None, words: str, by: User, now: datetime
) -> Appeal:
    """Uphold an appeal with the `points` that lines are to have, or reject it (None).

    Raises `NotAllowed`, `StateMoved` where the score was superseded meanwhile, `InvalidInput`.
    """
    found = Appeal.objects.filter(pk=appeal).first()
    if found is None:
        raise NotAllowed(_DENIED)
    row = _locked(found.score_id, by)
    found = Appeal.objects.select_for_update().get(pk=appeal)
    if not may_decide(found, by, now):
        raise NotAllowed(_DENIED)
    if found.outcome != AppealOutcome.PENDING:
        raise StateMoved(_MOVED)
    found.words, found.decided_by, found.decided_at = _words(words, "words"), by, now
    found.outcome = AppealOutcome.REJECTED if points is None else AppealOutcome.UPHELD
    found.points = dict(points or {})
    found.save()
    data: dict[str, Any] = {"outcome": found.outcome.value, "from": float(row.score)}
    if points is not None:
        # More may have been heard since it was asked: what stands now is what is corrected.
        standing = _standing(row)
        data["to"] = float(_correct(standing, found, points, now).score)
    _record(found, row, "decided", by, now, data)
    return found


def _standing(row: CaseScore) -> CaseScore:
    while row.superseded_by is not None:
        row = row.superseded_by
    return row


def _correct(
    row: CaseScore, appeal: Appeal, points: Mapping[str, float], now: datetime
) -> CaseScore:
    """A new score with those lines corrected; the former one stays, and leads to it."""
    lines = [dict(one) for one in row.lines]
    by_name = {one["what"]: one for one in lines}
    if not points or not set(points) <= set(by_name):
        raise InvalidInput("请给出要更正的项 (name the lines to correct)", "points")
    for name, value in points.items():
        line = by_name[name]
        if not 0 <= value <= line["of"] or round(value, 2) != value:
            raise InvalidInput(f"应在 0 与 {line['of']:g} 之间 (0 to {line['of']:g})", name)
        line |= {"before": line["points"], "points": float(value), "appeal": appeal.pk}
    marks = add_up(lines)
    counted, row.counts = row.counts, False
    row.save(update_fields=["counts"])
    fields = (
        "incident_id", "closing", "sequence", "scheme_id", "unit_id", "grid_id", "community",
        "subdistrict", "person_id", "kind", "closed_at",
    )  # fmt: skip
    new = CaseScore.objects.create(
        **{name: getattr(row, name) for name in fields}, lines=lines, scored_at=now,
        responsiveness=marks.responsiveness, closure=marks.closure,
        satisfaction=marks.satisfaction, score=marks.score, appeal=appeal, counts=counted,
    )  # fmt: skip
    row.superseded_by = new
    row.save(update_fields=["superseded_by"])
    return new


def _locked(score: int, by: User) -> CaseScore:
    visible = CaseScore.objects.filter(pk=score, incident__in=cases_for(by)).values("pk")
    row = CaseScore.objects.select_for_update(of=("self",)).filter(pk__in=visible).first()
    if row is None:
        raise NotAllowed(_DENIED)
    return row


def _words(text: str, field: str) -> str:
    words = text.strip()
    if not words or "\x00" in words or len(words) > 1000:
        raise InvalidInput("请填写，至多 1000 个字符 (1 to 1000 characters)", field)
    return words


def _record(
    appeal: Appeal, row: CaseScore, what: str, by: User, now: datetime, data: dict[str, Any]
) -> None:
    audit.record(
        chain=f"appeal:{appeal.pk}", action=f"appeal.{what}", at=now, actor=by,
        data={"case": row.incident.number, "score": row.pk, **data},
    )  # fmt: skip
