"""The sweep of time limits: each that runs out is told once, as amber and as red."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from incidents.models import Clock
from incidents.services import dockets, news
from incidents.workflow.office import office_at

__all__ = ["AMBER", "BATCH", "RED", "sweep"]

AMBER, RED = "amber", "red"
BATCH = 50


def sweep(*, now: datetime, most: int = 10_000) -> int:
    """Tell of up to `most` limits that have run out or nearly so since they were last looked at."""
    told = 0
    while told < most and (found := _sweep_batch(now, min(BATCH, most - told))):
        told += found
    return told


@transaction.atomic
def _sweep_batch(now: datetime, most: int) -> int:
    """Mark and tell in one transaction: a sweep that is killed has told nothing of its batch.

    The case is locked with the clock, since whoever does something to a case writes its clocks as
    they were when the case was locked; what another holds is left for the next round.
    """
    red = Q(due_at__lte=now, red_told_at__isnull=True)
    amber = Q(amber_at__lte=now, amber_told_at__isnull=True, red_told_at__isnull=True)
    rows = (
        Clock.objects.filter(red | amber, ended_at__isnull=True, paused_at__isnull=True)
        .select_related("incident")
        .select_for_update(of=("self", "incident"), skip_locked=True)
        .order_by("due_at", "pk")
    )
    clocks = list(rows[:most])
    levels = {one.pk: RED if one.due_at <= now else AMBER for one in clocks}
    for one in clocks:
        one.amber_told_at = one.amber_told_at or now
        if levels[one.pk] == RED:
            one.red_told_at = now
    Clock.objects.bulk_update(clocks, ["amber_told_at", "red_told_at"])
    for one in clocks:
        office = office_at(one.incident.place_id)
        docket = dockets.load(one.incident, office)
        news.overdue(docket, office, one, levels[one.pk], now)
    return len(clocks)
