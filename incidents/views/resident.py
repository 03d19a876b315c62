"""`/report/`, `/enterprise/`, `/report/{number}`: frames of pages that speak to the API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from gis.api.languages import in_language
from grids.choices import RegionLevel
from grids.models import Edition, Grid, Place, Region
from grids.selectors import default_place, places_for
from incidents.api.reading import MOST_PHOTOS
from incidents.choices import Kind
from incidents.models import Channel
from incidents.services.following import read_number
from incidents.views.words import enterprise_words, follow_words, report_words


@dataclass(frozen=True, slots=True)
class Front:
    """A page that takes reports: one engine, for whom it is."""

    channel: str
    template: str
    kinds: tuple[str, ...]
    words: Callable[[], dict[str, str]]


RESIDENT = Front("resident", "incidents/report.html", tuple(Kind.values), report_words)
ENTERPRISE = Front("enterprise", "incidents/enterprise.html", (Kind.DEVELOPMENT,), enterprise_words)


@require_safe
@ensure_csrf_cookie
def report_page(request: HttpRequest) -> HttpResponse:
    """The page that takes a report; `?place=` names a place where there are several."""
    return _take(request, RESIDENT)


@require_safe
@ensure_csrf_cookie
def enterprise_page(request: HttpRequest) -> HttpResponse:
    """The page of enterprises, for what their development needs."""
    return _take(request, ENTERPRISE)


def _take(request: HttpRequest, front: Front) -> HttpResponse:
    code = request.GET.get("place", "")
    places = places_for(request.user)
    place = places.filter(code=code).first() if code else default_place(request.user)
    edition = Edition.objects.in_force(place) if place else None
    if place is None or edition is None or not _is_open(front):
        return render(
            request, "incidents/closed.html", {"unknown": code}, status=404 if code else 200
        )
    shows = bool(settings.PUBLIC_READS or request.user.is_authenticated)
    return render(
        request,
        front.template,
        {
            "place": place,
            "name": in_language(place.name, place.name_en),
            "notice": in_language(place.notice, place.notice_en),
            "config": page_config(place, edition, front.channel, front.kinds, shows=shows),
            "words": front.words(),
            "enterprise": front is RESIDENT and _is_open(ENTERPRISE),
        },
    )


@require_safe
@ensure_csrf_cookie
def follow_page(request: HttpRequest, number: str) -> HttpResponse:
    """The page that tells what became of a report. The same for every number, known or not."""
    written = read_number(number) or number[:40]
    return render(
        request,
        "incidents/follow.html",
        {
            "number": written,
            "config": {
                "number": written,
                "language": get_language(),
                "urls": {
                    "follow": reverse("incidents:follow", args=[written]),
                    "survey": reverse("incidents:survey", args=[written]),
                },
            },
            "words": follow_words(),
        },
    )


def _is_open(front: Front) -> bool:
    return Channel.objects.filter(code=front.channel, is_open=True).exists()


def page_config(
    place: Place, edition: Edition, channel: str, kinds: Sequence[str], *, shows: bool
) -> dict[str, Any]:
    """What the scripts must know. Territory only where the visitor may see it."""
    return {
        "place": place.code,
        "edition": edition.name,
        "channel": channel,
        "kinds": list(kinds),
        "language": get_language(),
        "map": shows,
        "bounds": _bounds(edition) if shows else None,
        "regions": _regions(edition) if shows else [],
        "mostPhotos": MOST_PHOTOS,
        "urls": {
            "reports": reverse("incidents:reports"),
            "photos": reverse("incidents:photos"),
            "categories": reverse("incidents:categories"),
            "nearby": reverse("incidents:nearby"),
            "addresses": reverse("incidents:addresses"),
            "locate": reverse("api:locate"),
            "tiles": reverse("index") + "tiles/",
            "page": reverse("report"),
        },
    }


def _bounds(edition: Edition) -> tuple[float, float, float, float]:
    """West, south, east, north of the grids, in degrees; without any, of the place."""
    found = Grid.objects.of(edition).aggregate(box=Extent("geometry"))["box"]
    box: tuple[float, float, float, float] = found or edition.place.envelope.extent
    return box


def _regions(edition: Edition) -> list[dict[str, Any]]:
    """Subdistricts with the names of their communities, to choose from without a map."""
    rows = Region.objects.of(edition).order_by("code").values("pk", "name", "level", "parent_id")
    below: dict[int, list[str]] = {}
    for row in rows:
        if row["level"] == RegionLevel.COMMUNITY and row["parent_id"] is not None:
            below.setdefault(row["parent_id"], []).append(row["name"])
    return [
        {"name": row["name"], "communities": below.get(row["pk"], [])}
        for row in rows
        if row["level"] == RegionLevel.SUBDISTRICT
    ]
