"""`/patrols/day/`: a day of somebody on duty, by a time slider, for who may see it and oneself."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused
from grids.models import Place, User
from maps import selectors
from maps.api.asking import read_scope
from maps.views.coverage import said
from maps.views.patrol_words import day_words
from patrols.api.reading import read_day
from patrols.models import Shift
from patrols.selectors.alerts import alerts_seen_by
from patrols.selectors.coverage import day_of
from patrols.selectors.looks import looks_at
from patrols.selectors.people import posts_seen_by


@require_safe
@login_required
def patrol_day(request: HttpRequest) -> HttpResponse:
    """The people of a day, and the map of the one that is chosen; each look is recorded."""
    asked = Request(request)
    asked.user = request.user
    viewer, now = cast(User, request.user), timezone.now()
    try:
        scope = read_scope(asked, frozenset({"date", "worker"}))
        day = read_day(request.GET.get("date", ""), scope.place, now)
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/patrol_day.html", page, status=refused.status_code)
    today = read_day("", scope.place, now)
    return render(
        request,
        "maps/patrol_day.html",
        {
            "scope": scope,
            "zone": scope.place.time_zone,
            "day": day,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1) if day < today else None,
            "people": _people(viewer, scope.place, day),
            "looks": looks_at(viewer),
            "config": {
                "place": scope.place.code,
                "edition": scope.edition.name,
                "bounds": selectors.extent_of(scope.edition),
                "zone": scope.place.time_zone,
                "language": get_language(),
                "date": day.isoformat(),
                "sees": alerts_seen_by(viewer, scope.place, now) is not None,
                "urls": {
                    "tracks": reverse("patrols:tracks"),
                    "alerts": reverse("patrols:alerts"),
                    "photos": "/api/v1/photos/",
                    "tiles": reverse("index") + "tiles/",
                },
            },
            "words": day_words(),
        },
    )


def _people(viewer: User, place: Place, day: date) -> list[dict[str, Any]]:
    """Who may be looked at, by their grids, and when they were on duty; oneself first."""
    found: dict[int, dict[str, Any]] = {viewer.pk: {"user": viewer, "grid": None}}
    for post in posts_seen_by(viewer, place, day, timezone.now()):
        if found.get(post.user_id, {}).get("grid") is None:
            found[post.user_id] = {"user": post.user, "grid": post.grid}
    shifts: dict[int, list[Shift]] = defaultdict(list)
    since, until = day_of(place, day)
    held = Shift.objects.of(place).filter(started_at__lt=until, worker__in=list(found))
    for shift in held.exclude(ended_at__lte=since).order_by("started_at"):
        shifts[shift.worker_id].append(shift)
    people = [{**one, "shifts": shifts[pk]} for pk, one in found.items()]
    # Who only looks has no day of their own to show.
    return [one for one in people if one["grid"] is not None or one["shifts"]]
