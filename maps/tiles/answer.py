"""What is said beside the bytes of a tile: shared by the view and by what stands before it."""

import gzip
from urllib.parse import quote

from django.conf import settings
from django.utils.http import parse_etags

MVT = "application/vnd.mapbox-vector-tile"
FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=60"
PUBLIC = "public"
PACKING = 3


def packed_bytes(drawn: bytes) -> bytes:
    """The tile as it is kept: compressed, always to the same bytes."""
    return gzip.compress(drawn, PACKING, mtime=0)


def unchanged(none_match: str, etag: str) -> bool:
    """Whether `If-None-Match` holds the tag, as Django compares them for a GET."""
    if not none_match:
        return False
    tags = parse_etags(none_match)
    return tags == ["*"] or etag in (tag.removeprefix("W/") for tag in tags)


def headers_of(edition: str, *, stamped: bool, etag: str, packed: bool) -> dict[str, str]:
    """The headers of a public tile, and those that the site puts on every answer."""
    headers = {
        "Content-Type": MVT,
        "ETag": etag,
        # A header is Latin-1; an edition may be called 二〇二二.
        "X-Edition": quote(edition),
        "Vary": "Accept-Encoding",
        "Cache-Control": FOREVER if stamped else SHORTLY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    }
    if packed:
        headers["Content-Encoding"] = "gzip"
    return headers
