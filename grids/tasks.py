"""Celery shells: the work is in the services."""

from celery import shared_task
from django.utils import timezone

from grids.services import editions


@shared_task(name="grids.activate_due")
def activate_due() -> None:
    """Bring into force what is due."""
    editions.activate_due(timezone.now())
