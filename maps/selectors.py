"""Which edition a map shows, and what the page has to know about the editions."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Extent
from django.db.models import Count

from gis.api.problems import Refused, known
from grids.api.scopes import ScopeReader
from grids.choices import EditionState
from grids.models import Edition, Grid, Place
from grids.querysets import Viewer

Box = tuple[float, float, float, float]


def find_edition(user: Viewer, place: str, name: str) -> Edition:
    """Return the edition of that name, or the one in force, with its place; blank means default.

    Raises `Refused`: 401 where nothing is public, 404 or 400 with the parameter at fault.
    """
    if not (settings.PUBLIC_READS or user.is_authenticated):
        raise Refused([known("not_authenticated")], 401)
    return ScopeReader(user).require(place, name).edition


def find_public_edition(place: str, name: str) -> Edition | None:
    """Return the edition when anybody at all may see it; a shared cache may then keep its tiles.

    As `find_edition` finds it for nobody in particular, but with one query.
    """
    which = {"name": name} if name else {"state": EditionState.IN_FORCE}
    rows = Edition.objects.for_user(AnonymousUser()).filter(place__code=place, **which)
    return rows.select_related("place", "shape_set").first()


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
        }
        for row in rows
    ]
    shown.sort(key=lambda row: row["from"] or "9999", reverse=True)
    shown.sort(key=lambda row: row["state"] != EditionState.IN_FORCE)
    return shown
