"""What whoever reported says of it after it is closed: once for each closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gis.kernel.errors import WanggeError
from incidents.choices import Answered, IncidentState
from incidents.models import Incident, Report, Satisfaction
from incidents.services import acting

__all__ = ["AlreadySurveyed", "Surveyed", "survey", "surveyed"]


class AlreadySurveyed(WanggeError):
    """The closing was judged by this reporter before."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Whether a report's closing can be judged now, and how it was judged last."""

    is_open: bool
    score: int | None


def surveyed(report: Report, case: Incident) -> Surveyed:
    """How it stands with the survey of `report`, which is handled in `case`."""
    given = Satisfaction.objects.filter(incident=case, report=report, way=Answered.SURVEY)
    last = given.order_by("-pk").first()
    is_closed = case.state == IncidentState.CLOSED
    now = last if last is not None and last.closing == case.reopened + 1 else None
    return Surveyed(is_closed and now is None, last.score if last else None)


@transaction.atomic
def survey(*, report: Report, score: int, note: str, now: datetime) -> acting.Done:
    """Take the word of whoever showed that they sent `report`; an unhappy one reopens the case.

    Raises `AlreadySurveyed`, and what `acting.act_for_reporter` raises.
    """
    case = Incident.objects.select_for_update().get(pk=acting.main_case(report.incident).pk)
    if case.state == IncidentState.CLOSED and not surveyed(report, case).is_open:
        raise AlreadySurveyed(
            "这次结案您已评价过。 (You have judged this closing already.)", "score"
        )
    given = {"score": str(score), **({"note": note} if note else {})}
    return acting.act_for_reporter(report=report, action="survey", given=given, now=now)
