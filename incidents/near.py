"""How many cases lie near a point: what patrols ask when they suggest where to look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db.models import F

from gis.db.functions import XOf, YOf
from gis.kernel.snap.metric import metres_per_degree
from grids.models import Place, User
from incidents.choices import IncidentState
from incidents.models import Incident

__all__ = ["cases_near"]


def cases_near(
    *,
    viewer: User,
    place: Place,
    points: Sequence[tuple[float, float]],
    within_m: float,
    since: datetime,
) -> list[int]:
    """For each (lon, lat) the cases that `viewer` may see, received since then, within `within_m`.

    A void one does not count, and one that was merged counts once, as the case it went into.
    """
    rows = Incident.objects.for_user(viewer).filter(
        place=place, position__isnull=False, received_at__gte=since
    )
    rows = rows.exclude(state__in=[IncidentState.VOID, IncidentState.MERGED]).order_by()
    told = np.array(list(rows.values_list(XOf(F("position")), YOf(F("position")))), np.float64)
    lon, lat = told.reshape(-1, 2).T
    counts = []
    for x, y in points:
        lon_m, lat_m = metres_per_degree(y)
        away = np.hypot((lon - x) * lon_m, (lat - y) * lat_m)
        counts.append(int((away <= within_m).sum()))
    return counts
