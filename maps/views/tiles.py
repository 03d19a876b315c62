"""`/tiles/{layer}.json` and `/tiles/{layer}/{z}/{x}/{y}.mvt`."""

import gzip
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag, urlencode
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.authentication import BearerAuthentication
from gis.api.errors import handler
from gis.api.problems import Refused, refuse
from gis.kernel.errors import InvalidInput
from grids.models import Edition
from grids.querysets import Viewer
from maps import selectors
from maps.tiles import known
from maps.tiles.address import Tile, read_tile
from maps.tiles.answer import FOREVER, MVT, PUBLIC, SHORTLY, packed_bytes
from maps.tiles.draw import draw, shapes_of
from maps.tiles.keep import kept
from maps.tiles.layers import LAYERS, Layer
from maps.tiles.stamp import etag_of, version_of

ASK_AGAIN = "private, no-cache"

View = Callable[..., HttpResponse]


def told(view: View) -> View:
    """Let a bearer token say who asks, as in the API; answer a refusal as JSON that names it.

    A token that fails is refused even where the public may look: its holder would take the answer
    of the public for their own.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            held = BearerAuthentication().authenticate(Request(request))
            if held is not None:
                request.user = held[0]
            return view(request, *args, **kwargs)
        except (Refused, InvalidInput) as refused:
            response = handler(refused, {})
            assert response is not None  # noqa: S101 - both are refusals that it knows
            patch_vary_headers(response, ["Authorization"])
            return response

    return answer


@require_safe
@told
def tile(request: HttpRequest, layer: str, z: str, x: str, y: str) -> HttpResponse:
    """One vector tile of one edition; 304 when the asker has it already."""
    kind, where = _layer(layer), read_tile(z, x, y)
    edition, scope = _edition(request)
    version = version_of(kind, edition)
    # What a shared cache may hold is drawn as nobody in particular.
    viewer = AnonymousUser() if scope == PUBLIC else request.user
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = None
    if version is not None:
        if scope == PUBLIC:
            _tell_front(kind, edition, version)
        tag = etag_of(version, kind, where, scope)
        etag = quote_etag(f"{tag}-gz" if packed else tag)
        unchanged = get_conditional_response(request, etag=etag)
        if unchanged is not None:
            unchanged["ETag"] = etag
            return _stamped(unchanged, request, edition, scope, version)
        content = kept(tag, lambda: _packed(kind, edition, where, viewer))
    else:
        content = _packed(kind, edition, where, viewer)
    response = HttpResponse(content if packed else gzip.decompress(content), content_type=MVT)
    if packed:
        response["Content-Encoding"] = "gzip"
    if etag:
        response["ETag"] = etag
    return _stamped(response, request, edition, scope, version)


@require_safe
@told
def tilejson(request: HttpRequest, layer: str) -> HttpResponse:
    """TileJSON 3.0.0 of a layer; its tile address carries the edition and the stamp."""
    kind = _layer(layer)
    edition, scope = _edition(request)
    version = version_of(kind, edition)
    query = {"place": edition.place.code, "edition": edition.name}
    if version is not None:
        query["v"] = version
    address = f"{request.scheme}://{request.get_host()}/tiles/{kind.name}/{{z}}/{{x}}/{{y}}.mvt"
    west, south, east, north = selectors.extent_of(edition)
    response = JsonResponse(
        {
            "tilejson": "3.0.0",
            "name": kind.name,
            "description": kind.about,
            "version": "1.0.0",
            "scheme": "xyz",
            "tiles": [f"{address}?{urlencode(query)}"],
            "minzoom": kind.minzoom,
            "maxzoom": kind.maxzoom,
            "bounds": [west, south, east, north],
            "center": [(west + east) / 2, (south + north) / 2, kind.minzoom + 3],
            "attribution": edition.place.attribution,
            "vector_layers": [{"id": kind.name, "fields": dict(kind.fields)}],
            "edition": edition.name,
        },
        json_dumps_params={"ensure_ascii": False},
    )
    return _stamped(response, request, edition, scope, None)


def _layer(name: str) -> Layer:
    if name not in LAYERS:
        there = ", ".join(LAYERS)
        zh, en = f"没有这个图层，现有：{there}。", f"No such layer; there are: {there}."
        raise refuse("layer", "unknown_layer", zh, en, status_code=404)
    return LAYERS[name]


def _edition(request: HttpRequest) -> tuple[Edition, str]:
    """The edition asked for, and the scope of its bytes.

    The public is asked first: its tiles are the same for all, and need no look at the session.
    Without a place it depends on the asker which place is meant.
    """
    asked = request.GET.get("place", ""), request.GET.get("edition", "")
    if asked[0]:
        edition = selectors.find_public_edition(*asked)
        if edition is not None:
            return edition, PUBLIC
    user = request.user
    return selectors.find_edition(user, *asked), f"place-{getattr(user, 'place_id', None) or 'any'}"


def _packed(layer: Layer, edition: Edition, where: Tile, viewer: Viewer) -> bytes:
    return packed_bytes(draw(layer, edition, where, viewer))


def _tell_front(layer: Layer, edition: Edition, version: str) -> None:
    """The next public tiles of this layer can be answered before they come to this view."""
    shapes = shapes_of(layer, edition)
    if shapes is not None:
        names = layer.name, edition.place.code, edition.name
        known.learn(*names, version=version, shape_set=shapes.pk)


def _stamped(
    response: HttpResponse, request: HttpRequest, edition: Edition, scope: str, version: str | None
) -> HttpResponse:
    """Say which edition this is and who may keep it for how long."""
    # A header is Latin-1; an edition may be called 二〇二二.
    response["X-Edition"] = quote(edition.name)
    patch_vary_headers(response, ["Accept-Encoding"])
    if scope != PUBLIC:
        patch_vary_headers(response, ["Authorization"])
    if scope != PUBLIC or (version is None and not edition.digest):
        response["Cache-Control"] = ASK_AGAIN
    elif version is not None and request.GET.get("v") == version:
        response["Cache-Control"] = FOREVER
    else:
        response["Cache-Control"] = SHORTLY
    return response
