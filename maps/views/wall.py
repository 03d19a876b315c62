"""`/wall/`: the page of the command centre. Its figures come from the API, its maps as tiles."""

from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gis.api.languages import in_language
from gis.api.problems import Refused
from grids.api.scopes import Scope, ScopeReader
from grids.models import Grid
from maps import selectors
from maps.views.wall_words import wall_words
from maps.wall.inset import inset_of


@require_safe
@login_required
def wall(request: HttpRequest) -> HttpResponse:
    """The wall of a place; `?at=` and `?scene=` are read by its scripts."""
    try:
        scope = ScopeReader(request.user).require(request.GET.get("place", ""), "")
    except Refused as refused:
        return render(request, "maps/empty.html", status=refused.status_code)
    if not Grid.objects.of(scope.edition).exists():
        return render(request, "maps/empty.html", {"place": scope.place})
    return render(
        request,
        "maps/wall.html",
        {
            "place": scope.place,
            "name": in_language(scope.place.name, scope.place.name_en),
            "notice": in_language(scope.place.notice, scope.place.notice_en),
            "config": _config(scope),
            "words": wall_words(),
        },
    )


def _config(scope: Scope) -> dict[str, Any]:
    """What the scripts of the page must know; it goes into the page as JSON."""
    inset = inset_of(scope.edition)
    return {
        "place": scope.place.code,
        "zone": scope.place.time_zone,
        "edition": scope.edition.name,
        "grids": Grid.objects.of(scope.edition).count(),
        "bounds": selectors.extent_of(scope.edition),
        "inset": asdict(inset) if inset else None,
        "language": get_language(),
        "now": timezone.now().isoformat(),
        "urls": {
            "tiles": reverse("index") + "tiles/",
            "wall": reverse("maps_api:wall"),
            "days": reverse("maps_api:days"),
            "covered": reverse("maps_api:coverage"),
            "coverage": reverse("coverage"),
            "stale": reverse("maps_api:staleness"),
            "staleness": reverse("staleness"),
            "density": reverse("maps_api:density"),
            "counts": reverse("maps_api:grid_counts"),
            "incidents": reverse("incidents:incidents"),
            "stream": reverse("api:stream"),
            "photos": reverse("incidents:photos") + "/",
            "cases": reverse("cases"),
        },
    }
