"""What the assessment adds to the one question about cases, so its figures open their lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from gis.api.problems import Problem
from grids.models import Edition
from incidents.assessment.indicators import INDICATORS, NOT, meeting
from incidents.assessment.scheme import scheme_on
from incidents.assessment.weights import read_thresholds
from incidents.choices import IncidentState
from incidents.models import CaseScore
from incidents.workflow.office import office_of

__all__ = ["ASSESSED", "Assessed", "assessed", "problem_of", "public_channels"]

ASSESSED = frozenset({"closed_from", "closed_to", "indicator", "handled_by"})
# In the place of a person: cases that nobody has handled.
NOBODY = "none"
_NAMES = frozenset({one.name for one in INDICATORS} | {NOT + one.name for one in INDICATORS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """Conditions on cases; blank and None ask nothing. Whoever is closed was so in the span."""

    closed_since: datetime | None = None
    closed_until: datetime | None = None
    indicator: str = ""
    handled_by: str = ""


def problem_of(asked: Mapping[str, str]) -> list[Problem]:
    """What is wrong with `indicator` and `handled_by`."""
    found = []
    if asked.get("indicator") and asked["indicator"] not in _NAMES:
        known = "、".join(one.name for one in INDICATORS)
        zh, en = f"可用：{known}，前加 {NOT} 为其余。", f"Use one of: {known}; or {NOT}… the rest."
        found.append(Problem("indicator", "unknown_choice", zh, en))
    person = asked.get("handled_by", "")
    if person not in ("", NOBODY) and not (
        person.isascii() and person.isdigit() and len(person) < 10
    ):
        zh, en = "应为人员编号或 none。", "Must be the number of a person, or none."
        found.append(Problem("handled_by", "not_an_integer", zh, en))
    return found


def assessed(rows: QuerySet[Any], edition: Edition, asked: Assessed) -> QuerySet[Any]:
    """Of `rows`, those that `asked` means."""
    if asked.closed_since is not None or asked.closed_until is not None:
        rows = rows.filter(state=IncidentState.CLOSED)
    if asked.closed_since is not None:
        rows = rows.filter(closed_at__gte=asked.closed_since)
    if asked.closed_until is not None:
        rows = rows.filter(closed_at__lt=asked.closed_until)
    if asked.handled_by:
        rows = _handled_by(rows, asked.handled_by)
    if asked.indicator:
        now = timezone.now()
        channels = public_channels(edition, now)
        rows = meeting(rows, asked.indicator, now=now, public_channels=channels)
    return rows


def _handled_by(rows: QuerySet[Any], person: str) -> QuerySet[Any]:
    scores = CaseScore.objects.filter(incident=OuterRef("pk"), counts=True, person__isnull=False)
    if person == NOBODY:
        return rows.filter(~Exists(scores))
    return rows.filter(Exists(scores.filter(person=int(person))))


def public_channels(edition: Edition, at: datetime) -> tuple[str, ...]:
    """The channels by which the public reports, as the scheme of that day says."""
    scheme = scheme_on(edition.place, office_of(edition.place).day(at))
    return read_thresholds(scheme.thresholds).public_channels if scheme else ()
