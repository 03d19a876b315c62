"""Celery shells: the work is in the services."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from gis.ledger.services import checkpoints, heartbeat, outbox, stream, sweeping


@shared_task(name="ledger.relay")
def relay() -> None:
    """Keep what was promised."""
    outbox.relay(now=timezone.now())
    heartbeat.beat("relay", now=timezone.now())


@shared_task(name="ledger.heartbeat")
def beat() -> None:
    """Sent by beat and done by a worker: one row proves both."""
    heartbeat.beat("worker", now=timezone.now())


@shared_task(name="ledger.prune_stream")
def prune_stream() -> None:
    """News that is too old to be replayed goes."""
    stream.prune(now=timezone.now(), keep=timedelta(days=settings.STREAM_DAYS))


@shared_task(name="ledger.checkpoint")
def checkpoint() -> None:
    """Sign how every audit chain ends now."""
    checkpoints.write(now=timezone.now())


@shared_task(name="ledger.sweep_attachments")
def sweep_attachments() -> None:
    """Delete pictures that nothing took up."""
    sweeping.sweep_attachments(now=timezone.now())
