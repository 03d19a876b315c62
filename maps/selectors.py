"""Which place and edition a map shows, and what the page has to know about them."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Extent
from django.db.models import Count

from gis.kernel.errors import InvalidInput
from grids.choices import EditionState
from grids.models import Edition, Grid, Place
from grids.querysets import Viewer
from maps.errors import NotHere

LONGEST_NAME = 40
Box = tuple[float, float, float, float]


def find_place(user: Viewer, code: str = "") -> Place:
    """Return the place of `code`; without it the user's own, the default one, or the only one.

    Raises `NotHere` when there is none for `user`, `InvalidInput` when several could be meant.
    """
    places = Place.objects.filter(pk__in=Edition.objects.for_user(user).values("place"))
    own = getattr(user, "place_id", None)
    wanted = code or settings.DEFAULT_PLACE
    if code or (wanted and own is None):
        place = places.filter(code=wanted).first() if _plain(wanted) else None
        if place is None:
            raise NotHere("没有这个地区。(There is no such place.)", "place")
        return place
    if own is not None:
        places = places.filter(pk=own)
    found = list(places[:2])
    if len(found) > 1:
        raise InvalidInput(
            "有多个地区，请用 place 指明。(There are several places: name one.)", "place"
        )
    if not found:
        raise NotHere("尚未载入任何地区。(No place has been loaded yet.)", "place")
    return found[0]


def find_edition(user: Viewer, place: str = "", name: str = "") -> Edition:
    """Return the edition of that name, or the one in force, with its place.

    Raises `NotHere` or `InvalidInput` that names `place` or `edition`.
    """
    where = find_place(user, place)
    editions = Edition.objects.for_user(user).filter(place=where).select_related("place")
    if name:
        edition = editions.filter(name=name).first() if _plain(name) else None
    else:
        edition = editions.filter(state=EditionState.IN_FORCE).first()
    if edition is None:
        raise NotHere("没有这个区划版本。(There is no such edition.)", "edition")
    return edition


def find_public_edition(place: str = "", name: str = "") -> Edition | None:
    """Return the edition when anybody at all may see it; a shared cache may then keep its tiles."""
    if not settings.PUBLIC_READS:
        return None
    try:
        return find_edition(AnonymousUser(), place, name)
    except (NotHere, InvalidInput):
        return None


def extent_of(edition: Edition) -> Box:
    """Return west, south, east, north of the edition's grids in degrees; else of its place."""
    found = Grid.objects.of(edition).aggregate(box=Extent("geometry"))["box"]
    box: Box = found or edition.place.envelope.extent
    return box


def editions_shown(user: Viewer, place: Place) -> list[dict[str, Any]]:
    """Return the place's editions for the page: the one in force first, then the newest."""
    rows = (
        Edition.objects.for_user(user)
        .filter(place=place)
        .exclude(state=EditionState.CANCELLED)
        .annotate(grids_held=Count("grids"))
    )
    shown = [
        {
            "name": row.name,
            "state": row.state,
            "state_name": str(row.get_state_display()),
            "from": row.in_force.lower.date().isoformat() if row.in_force else None,
            "grids": row.grids_held,
            "digest": row.digest,
        }
        for row in rows
    ]
    shown.sort(key=lambda row: row["from"] or "9999", reverse=True)
    shown.sort(key=lambda row: row["state"] != EditionState.IN_FORCE)
    return shown


def _plain(text: str) -> bool:
    """Whether `text` can be a name at all; a NUL must not even reach PostgreSQL."""
    return len(text) <= LONGEST_NAME and text.isprintable()
