"""Celery shells: the work is in the services."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from grids.models import Place
from incidents.duplicates.spots import refresh_default_spots
from incidents.simulation.releasing import days_at, release
from incidents.simulation.site import simulated_place
from patrols.simulation.releasing import simulate_patrols


@shared_task(name="incidents.simulate")
def simulate() -> None:
    """Let the demonstration's day go on."""
    found = simulated_place() if settings.SIMULATE else None
    if found is not None:
        release(*found, now=timezone.now())


@shared_task(name="incidents.simulate_patrols")
def patrol() -> None:
    """Let the patrols of the demonstration's day go on."""
    found = simulated_place() if settings.SIMULATE else None
    if found is not None:
        place, now = found[0], timezone.now()
        for day in days_at(place, now):
            simulate_patrols(place, day=day, until=now)


@shared_task(name="incidents.refresh_default_spots")
def refresh_spots() -> None:
    """Count anew where a geocoder puts what it cannot place."""
    for place in Place.objects.only("pk"):
        refresh_default_spots(place)
