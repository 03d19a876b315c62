"""What maps does on news from grids."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from gis.ledger.services import outbox
from grids.models import Edition
from grids.signals import edition_in_force
from maps.tiles import derive


@receiver(edition_in_force)
def shapes_follow(sender: Any, edition: Edition, at: datetime, **_: Any) -> None:  # noqa: ARG001
    """The shapes of what has come into force are derived; until then tiles come from storage."""
    outbox.promise(derive.TOPIC, {"edition": edition.pk}, at=at)
