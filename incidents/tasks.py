"""Celery shells: the work is in the services."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from incidents.channels import dropping
from incidents.services import deadlines, erasing
from incidents.simulation.living import live
from incidents.simulation.releasing import days_at, release
from incidents.simulation.site import simulated_living, simulated_place
from patrols.simulation.releasing import simulate_patrols


@shared_task(name="incidents.simulate")
def simulate() -> None:
    """Let the demonstration's day go on."""
    found = simulated_place() if settings.SIMULATE else None
    if found is not None:
        release(*found, now=timezone.now())


@shared_task(name="incidents.simulate_handling")
def handle() -> None:
    """Let the demonstration's people do what is due."""
    found = simulated_place() if settings.SIMULATE else None
    living = simulated_living() if settings.SIMULATE else None
    if found is not None and living is not None:
        live(found[0], living, now=timezone.now())


@shared_task(name="incidents.simulate_patrols")
def patrol() -> None:
    """Let the patrols of the demonstration's day go on."""
    found = simulated_place() if settings.SIMULATE else None
    if found is not None:
        place, now = found[0], timezone.now()
        for day in days_at(place, now):
            simulate_patrols(place, day=day, until=now)


@shared_task(name="incidents.sweep_deadlines")
def sweep_deadlines() -> None:
    """Tell of time limits that have run out."""
    deadlines.sweep(now=timezone.now())


@shared_task(name="incidents.drop_files")
def drop_files() -> None:
    """Read the files that partners have dropped."""
    if settings.DROP_FOLDER:
        dropping.drop_files(now=timezone.now())


@shared_task(name="incidents.erase_old_contacts")
def erase_old_contacts() -> None:
    """Forget who reported what was settled long ago."""
    erasing.erase_old(now=timezone.now(), keep=timedelta(days=settings.RETAIN_CONTACT_DAYS))
