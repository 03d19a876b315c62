"""What incidents does on news from grids."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from grids.models import Edition
from grids.signals import edition_in_force
from incidents.services import resnap


@receiver(edition_in_force)
def cases_follow(sender: Any, edition: Edition, at: datetime, **_: Any) -> None:  # noqa: ARG001
    """Cases go to their grid in the edition that has come into force."""
    resnap.begin(edition, now=at)
