"""Celery shells: the work is in the services."""

import logging

from celery import shared_task
from django.utils import timezone

from patrols.services import alerts, compacting, coverage, partitions, recorded, retention

log = logging.getLogger(__name__)
# What one task does at most: it must end well before its time limit, and comes again.
MOST_SHIFTS, MOST_DAYS, MOST_TRACKS = 2_000, 1, 5_000


@shared_task(name="patrols.derive_coverage")
def derive_coverage() -> None:
    """Keep today's coverage up to date."""
    coverage.derive_today(now=timezone.now())


@shared_task(name="patrols.derive_late_coverage")
def derive_late_coverage() -> None:
    """Make the coverage of past days anew for which something has come late."""
    coverage.derive_late(now=timezone.now())


@shared_task(name="patrols.compact_tracks")
def compact_tracks() -> None:
    """Make the tracks of shifts that are over."""
    compacting.compact_due(now=timezone.now(), most=MOST_SHIFTS)


@shared_task(name="patrols.apply_retention")
def apply_retention() -> None:
    """Let go of fixes and tracks that are too old."""
    done = retention.apply(now=timezone.now(), most_days=MOST_DAYS, most_tracks=MOST_TRACKS)
    if done.blocked:
        log.error("轨迹点没有按期限删除 (fixes were not dropped in time): %s", done.blocked)


@shared_task(name="patrols.ensure_partitions")
def ensure_partitions() -> None:
    """Have the partitions of the coming days before anything falls into them."""
    partitions.ensure_ahead(now=timezone.now())


@shared_task(name="patrols.derive_alerts")
def derive_alerts() -> None:
    """Open and close alerts by what was received."""
    alerts.derive_everywhere(now=timezone.now())


@shared_task(name="patrols.record")
def record() -> None:
    """Take what has come in into when each cell was last recorded."""
    recorded.move_on(wait=False)
