"""The scheduler's signs of life, written by beat itself.

A worker's heartbeat alone could not say which of the two is down: beat notes each time it sends the
heartbeat task, the worker notes each time it does it. Beat sends once at its start, so that a
restarted site is known to be whole in a moment and not a period later.
"""

from typing import Any

from celery import signals
from django.db import close_old_connections
from django.utils import timezone

TASK = "ledger.heartbeat"
RELAY = "ledger.relay"


@signals.beat_init.connect
def send_at_once(sender: Any, **_: Any) -> None:
    """Send what health waits for without waiting for the first period."""
    for task in (TASK, RELAY):
        sender.app.send_task(task, expires=10)


@signals.after_task_publish.connect(sender=TASK)
def note(**_: Any) -> None:
    """The heartbeat task was sent; only beat sends it."""
    from gis.ledger.services import heartbeat

    close_old_connections()  # one that died with the database would stay broken for good
    heartbeat.beat("beat", now=timezone.now())
    close_old_connections()
