"""Celery shells: the work is in the services."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from incidents.simulation.releasing import release
from incidents.simulation.site import simulated_place


@shared_task(name="incidents.simulate")
def simulate() -> None:
    """Let the demonstration's day go on."""
    found = simulated_place() if settings.SIMULATE else None
    if found is not None:
        release(*found, now=timezone.now())
