"""The neighbours on an admin map come from the vector tiles of the edition."""

from urllib.parse import urlencode

from django.urls import reverse

from grids.models import Edition


def tilejson(layer: str, edition: Edition | None) -> str:
    """The address of the TileJSON of `layer` in `edition`; nothing without an edition."""
    if edition is None:
        return ""
    query = urlencode({"place": edition.place.code, "edition": edition.name})
    return f"{reverse('tilejson', args=[layer])}?{query}"
