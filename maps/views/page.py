"""`/map/`: the page itself. Its data comes as tiles and from the API; this gives it the frame."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gis.api.languages import in_language
from grids.models import Edition, Place
from grids.querysets import Viewer
from grids.selectors import default_place, places_for
from maps import selectors
from maps.views.words import words


@require_safe
def index(_request: HttpRequest) -> HttpResponse:
    return redirect("map")


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map of a place: `?place=` names it where there are several."""
    if not (settings.PUBLIC_READS or request.user.is_authenticated):
        return redirect_to_login(request.get_full_path())
    places = list(places_for(request.user).filter(editions__grids__isnull=False).distinct())
    code = request.GET.get("place", "")
    if not places:
        return render(request, "maps/empty.html")
    place = next((place for place in places if place.code == code), None)
    if place is None and code:
        return render(request, "maps/empty.html", {"places": places}, status=404)
    default = default_place(request.user)
    place = place or (default if default in places else places[0])
    editions = selectors.editions_shown(request.user, place)
    if not any(row["grids"] for row in editions):
        return render(request, "maps/empty.html", {"place": place})
    return render(
        request,
        "maps/map.html",
        {
            "place": place,
            "places": places,
            "editions": editions,
            "name": in_language(place.name, place.name_en),
            "notice": in_language(place.notice, place.notice_en),
            "config": _config(request.user, place, editions),
            "words": words(),
        },
    )


def _config(user: Viewer, place: Place, editions: list[dict[str, Any]]) -> dict[str, Any]:
    """What the scripts of the page must know; it goes into the page as JSON."""
    shown = Edition.objects.for_user(user).get(place=place, name=editions[0]["name"])
    shown.place = place
    return {
        "place": place.code,
        "zone": place.time_zone,
        "editions": editions,
        "bounds": selectors.extent_of(shown),
        "language": get_language(),
        "signedIn": user.is_authenticated,
        "urls": {
            "locate": reverse("api:locate"),
            "tiles": reverse("index") + "tiles/",
            # Where patrols were is nothing for the public.
            **({"stale": reverse("maps_api:staleness")} if user.is_authenticated else {}),
        },
    }
