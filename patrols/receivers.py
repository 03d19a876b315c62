"""What patrols does on news from grids."""

from typing import Any

from django.dispatch import receiver

from grids.models import Edition
from grids.signals import edition_in_force
from patrols.services.spots import find_again


@receiver(edition_in_force)
def spots_follow(sender: Any, edition: Edition, **_: Any) -> None:  # noqa: ARG001
    """Spots go to their grid in the edition that has come into force."""
    find_again(edition.place)
