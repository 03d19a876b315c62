"""How long the worker stayed at a spot around a visit, by the track; derived, and kept beside it.

A stay is what was recorded: a phone records while its page is open, so that a short one or none
says nothing against anybody. It is found again with every batch of fixes that meets the visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from gis.db.binary import EPOCH_US, copy_out
from gis.kernel.snap.metric import metres_per_degree
from gis.kernel.stays import stay_s
from patrols.models import Visit
from patrols.selectors.tracks import LIMITS

__all__ = ["MOST_DOUBT_M", "derive_dwell", "derive_dwells_in"]

# A wider circle of error says nothing any more about being at the place.
MOST_DOUBT_M = 100.0
# Longer than anybody is at one place by a rhythm; a stay is looked for no further from the visit.
AROUND = timedelta(hours=2)


def derive_dwells_in(workers: Sequence[int], first: datetime, last: datetime) -> int:
    """Derive the stays of the visits that fixes of `workers` from `first` to `last` may belong to.

    Called in the transaction that stores the fixes; how many visits there were.
    """
    rows = Visit.objects.filter(worker__in=workers, at__gte=first - AROUND, at__lte=last + AROUND)
    visits = list(rows.select_related("spot__type"))
    for visit in visits:
        derive_dwell(visit)
    return len(visits)


def derive_dwell(visit: Visit) -> None:
    """Find the stay of one visit by the fixes that are stored now, and keep it."""
    found = _stay_s(visit)
    if found != visit.dwell_s:
        visit.dwell_s = found
        visit.save(update_fields=["dwell_s"])


def _stay_s(visit: Visit) -> int | None:
    rows = copy_out(
        "SELECT at, lon, lat, coalesce(accuracy_m, 'NaN') FROM patrols_fix"
        " WHERE worker_id = %s AND at >= %s AND at <= %s AND flags = 0 ORDER BY at",
        [visit.worker_id, visit.at - AROUND, visit.at + AROUND],
        {"at": "i8", "lon": "f8", "lat": "f8", "accuracy_m": "f4"},
    )
    if not len(rows["at"]):
        return None
    spot = visit.spot.position
    lon_m, lat_m = metres_per_degree(spot.y)
    away_m = np.hypot((rows["lon"] - spot.x) * lon_m, (rows["lat"] - spot.y) * lat_m)
    doubt_m = np.nan_to_num(rows["accuracy_m"].astype(np.float64), nan=0.0)
    reach_m = visit.spot.type.radius_m + np.minimum(doubt_m, MOST_DOUBT_M)
    at_s = (rows["at"] + EPOCH_US) / 1e6
    found = stay_s(at_s, away_m, reach_m, visit.at.timestamp(), LIMITS.seconds)
    return None if found is None else round(found)
