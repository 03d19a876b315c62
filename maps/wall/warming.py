"""Have at hand what the wall computes with: the first look must not wait for a compiler."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from gis.kernel.density import Bounds, density
from grids.choices import EditionState
from grids.models import Edition
from patrols.selectors import coverage_rows, cut_edition, seen_raster

__all__ = ["warm"]

log = logging.getLogger(__name__)


def warm() -> None:
    """Compute a minute of coverage for every edition in force, and the density of one point.

    A database that is away or not yet migrated is left for the first question to tell.
    """
    density([0.0], [0.0], bandwidth_m=100.0, bounds_m=Bounds(-1, -1, 1, 1), shape=(2, 2))
    now = timezone.now()
    since = now - timedelta(minutes=1)
    try:
        for edition in Edition.objects.filter(state=EditionState.IN_FORCE).select_related("place"):
            coverage_rows(edition, since=since, until=now)
            seen_raster(edition, since=since, until=now)
            cut_edition(edition)
    except DatabaseError as error:
        log.warning("大屏未能预热 (the wall was not warmed): %s", error)
