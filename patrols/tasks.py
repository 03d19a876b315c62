"""Celery shells: the work is in the services."""

from celery import shared_task
from django.utils import timezone

from patrols.services import coverage, partitions, recorded


@shared_task(name="patrols.derive_coverage")
def derive_coverage() -> None:
    """Keep today's coverage up to date."""
    coverage.derive_today(now=timezone.now())


@shared_task(name="patrols.ensure_partitions")
def ensure_partitions() -> None:
    """Have the partitions of the coming days before anything falls into them."""
    partitions.ensure_ahead(now=timezone.now())


@shared_task(name="patrols.record")
def record() -> None:
    """Take what has come in into when each cell was last recorded."""
    recorded.move_on(wait=False)
