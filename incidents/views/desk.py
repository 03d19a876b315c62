"""`/desk/`: frame of the desk, whose scripts speak to the API and ask for tiles by address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from gis.api.languages import in_language
from gis.api.problems import Refused
from grids.api.scopes import Scope, ScopeReader
from grids.choices import Role, UnitKind
from grids.models import Grid, Place, Unit
from incidents.api.reading import MOST_PHOTOS
from incidents.choices import Due, IncidentState, Kind, Tier
from incidents.selectors import categories_at
from incidents.views.desk_words import desk_words
from incidents.waiting import unit_ids
from incidents.workflow.office import calendar_of
from incidents.workflow.standing import Standing, standing_of

DESK_ROLES = frozenset(
    {Role.ADMIN, Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY, Role.HANDLER, Role.LEADER}
)

# Who sends workers somewhere sees which are near; the others have no such button.
SENDING = frozenset({Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY})


@require_safe
@login_required
@ensure_csrf_cookie
def desk_page(request: HttpRequest) -> HttpResponse:
    """The desk of whoever dispatches, answers for ground or handles; others are told so."""
    standing = standing_of(_user(request), timezone.now())
    if not DESK_ROLES & standing.roles:
        return render(request, "incidents/desk/closed.html", {"why": "role"}, status=403)
    try:
        scope = ScopeReader(request.user).require(request.GET.get("place", ""), "")
    except Refused as refused:
        page = {"why": "place"}
        return render(request, "incidents/desk/closed.html", page, status=refused.status_code)
    place = scope.place
    return render(
        request,
        "incidents/desk/desk.html",
        {
            "place": place,
            "notice": in_language(place.notice, place.notice_en),
            "config": _config(request, scope, standing),
            "words": desk_words(),
            "kinds": Kind.choices,
            "states": [(one.value, one.label) for one in IncidentState],
            "dues": Due.choices,
            "tiers": Tier.choices,
        },
    )


def _user(request: HttpRequest) -> Any:
    return request.user


def _config(request: HttpRequest, scope: Scope, standing: Standing) -> dict[str, Any]:
    """What the scripts must know; it goes into the page as JSON."""
    place = scope.place
    bounds = Grid.objects.of(scope.edition).aggregate(box=Extent("geometry"))["box"]
    language = get_language()
    return {
        "place": place.code,
        "zone": place.time_zone,
        "edition": scope.edition.name,
        "bounds": bounds or place.envelope.extent,
        "language": language,
        "user": _user(request).username,
        "calendar": _calendar(place),
        "units": _units(place, standing),
        "categories": [
            {"code": one.code, "name": one.name_in(language), "kind": one.kind}
            for one in categories_at(timezone.now())
        ],
        "mostPhotos": MOST_PHOTOS,
        "urls": {
            "queue": reverse("incidents:queue"),
            "incidents": reverse("incidents:incidents"),
            "filters": reverse("incidents:filters"),
            "photos": reverse("incidents:photos"),
            "stream": reverse("api:stream"),
            "tiles": reverse("index") + "tiles/",
            "desk": reverse("desk"),
            "login": reverse("login"),
            "nearest": reverse("patrols:nearest") if SENDING & standing.roles else None,
        },
    }


def _calendar(place: Place) -> dict[str, Any]:
    """The working time of the place, so that what is left of a deadline can be told in it."""
    calendar = calendar_of(place)
    return {
        "weekdays": sorted(calendar.weekdays),
        "begins": calendar.begins.isoformat("minutes"),
        "ends": calendar.ends.isoformat("minutes"),
        "holidays": sorted(day.isoformat() for day in calendar.holidays),
        "makeup": sorted(day.isoformat() for day in calendar.makeup_days),
    }


def _units(place: Place, standing: Standing) -> list[dict[str, Any]]:
    """The viewer's own units first, then departments; offices stand last, they are many."""
    mine = set(unit_ids(standing))
    last = {UnitKind.SUBDISTRICT_OFFICE: 2, UnitKind.COMMUNITY_OFFICE: 3}
    rows = Unit.objects.filter(place=place).order_by("code")
    ranked = sorted(rows, key=lambda one: (one.pk not in mine, last.get(UnitKind(one.kind), 1)))
    return [{"code": one.code, "name": one.name, "mine": one.pk in mine} for one in ranked]
