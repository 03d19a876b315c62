"""What incidents does on news from grids, and on its own."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from gis.ledger.models import AuditEvent
from grids.models import Edition
from grids.signals import edition_in_force
from incidents.assessment.history import SCORED_AFTER
from incidents.assessment.scores import score_many
from incidents.models import Incident
from incidents.services import resnap, telling
from incidents.signals import incident_changed


@receiver(edition_in_force)
def cases_follow(sender: Any, edition: Edition, at: datetime, **_: Any) -> None:  # noqa: ARG001
    """Cases go to their grid in the edition that has come into force."""
    resnap.begin(edition, now=at)


@receiver(incident_changed)
def partners_are_told(sender: Any, case: Incident, event: AuditEvent, **_: Any) -> None:  # noqa: ARG001
    """Who sent a report by machine is told what becomes of it."""
    telling.promise_for(case, event)


@receiver(incident_changed)
def case_is_scored(sender: Any, case: Incident, event: AuditEvent, **_: Any) -> None:  # noqa: ARG001
    """A case is scored when it is closed, and again when more is heard of it."""
    if event.action in SCORED_AFTER:
        score_many([case], case.place)
