"""`/staleness/`: the table behind what the wall shows of ground that was not recorded lately."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused
from maps.api.asking import read_scope
from maps.views.coverage import said
from maps.wall.staleness import stale_now
from patrols.selectors import complete_until


@require_safe
@login_required
def staleness(request: HttpRequest) -> HttpResponse:
    """The grids of one's own ground, the least recorded first; `?region=` narrows them."""
    asked = Request(request)
    asked.user = request.user
    try:
        scope = read_scope(asked, frozenset({"region"}))
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/staleness.html", page, status=refused.status_code)
    now = timezone.now()
    found = stale_now(scope.edition, request.user, now)
    region = request.GET.get("region", "")
    group = next((one for one in found.subdistricts if one.code == region), found.whole)
    rows = [row for row in found.rows if row.grid_code.startswith(region)]
    rows.sort(key=lambda row: (-row.shares[-1], -row.shares[-2], row.grid_code))
    return render(
        request,
        "maps/staleness.html",
        {
            "scope": scope,
            "zone": scope.place.time_zone,
            "now": now,
            "complete_until": complete_until(now),
            "group": group,
            "shares": [100 * share for share in group.shares],
            "lines": [
                {
                    "code": row.grid_code,
                    "name": found.names[row.grid_code],
                    "shares": [100 * share for share in row.shares],
                    "median_days": row.median_days,
                }
                for row in rows
            ],
        },
    )
