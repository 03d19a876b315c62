"""`/patrols/live/`: where those on duty are and what calls for a look, for who answers for them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused
from grids.api.scopes import Scope
from grids.choices import RegionLevel
from grids.models import Grid, Post, Region, User
from maps.api.asking import read_scope
from maps.views.coverage import said
from maps.views.patrol_words import live_words
from patrols.api.reading import read_day
from patrols.choices import AlertKind
from patrols.models.alert import MOST_NOTE
from patrols.querysets import ground_of
from patrols.selectors.people import answered_for, posts_seen_by


@require_safe
@login_required
@ensure_csrf_cookie
def patrol_live(request: HttpRequest) -> HttpResponse:
    """The frame of the page; positions and alerts come from the API, which records each look."""
    asked = Request(request)
    asked.user = request.user
    viewer, now = cast(User, request.user), timezone.now()
    try:
        scope = read_scope(asked)
    except Refused as refused:
        page = {"problems": [said(one) for one in refused.problems]}
        return render(request, "maps/patrol_live.html", page, status=refused.status_code)
    if answered_for(viewer, scope.place, now) is None:
        return render(request, "maps/patrol_live.html", {"closed": True}, status=403)
    config = _config(viewer, scope)
    return render(
        request,
        "maps/patrol_live.html",
        {
            "scope": scope,
            "subdistricts": config.pop("subdistricts"),
            "kinds": AlertKind.choices,
            "config": config,
            "words": live_words(),
        },
    )


def _config(viewer: User, scope: Scope) -> dict[str, Any]:
    """What the scripts must know: the viewer's ground, who works there, nobody's position."""
    place, now = scope.place, timezone.now()
    mine = Grid.objects.of(scope.edition).filter(ground_of(viewer))
    rows = mine.order_by("code").values_list("code", "name", "region__parent__code", "label")
    grids = {
        code: {"name": name, "subdistrict": parent, "at": [round(at.x, 6), round(at.y, 6)]}
        for code, name, parent, at in rows
    }
    people: dict[str, dict[str, str]] = {}
    for post in posts_seen_by(viewer, place, read_day("", place, now), now):
        _known(people, post)
    held = {one["subdistrict"] for one in grids.values()}
    subdistricts = Region.objects.filter(
        edition=scope.edition, level=RegionLevel.SUBDISTRICT, code__in=held
    )
    return {
        "place": place.code,
        "edition": scope.edition.name,
        "bounds": mine.aggregate(box=Extent("geometry"))["box"] or place.envelope.extent,
        "zone": place.time_zone,
        "language": get_language(),
        "whole": Grid.objects.of(scope.edition).count() == len(grids),
        "grids": grids,
        "people": people,
        "most_note": MOST_NOTE,
        "subdistricts": list(subdistricts.order_by("code").values_list("code", "name")),
        "urls": {
            "positions": reverse("patrols:positions"),
            "alerts": reverse("patrols:alerts"),
            "stream": reverse("api:stream"),
            "day": reverse("patrol_day"),
            "login": f"{reverse('login')}?next={reverse('patrol_live')}",
            "tiles": reverse("index") + "tiles/",
        },
    }


def _known(people: dict[str, dict[str, str]], post: Post) -> None:
    if post.grid is not None:
        told = {"name": str(post.user), "grid": post.grid.code}
        people.setdefault(post.user.username, told)
