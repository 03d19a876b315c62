"""Folium's scripts and styles from the disk: what comes out asks no other machine for anything.

Folium's elements name their scripts and styles with addresses of content networks. Here each is
looked up by folium's own name for it, taken from `var/vendor` or from folium's wheel, and put into
the page. A name that is not known is an error: another folium would else bring an address back.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
from django.contrib.staticfiles import finders

from gis.kernel.errors import WanggeError

WHEEL = Path(folium.__file__).parent / "templates"
SCRIPTS = {
    "leaflet": "leaflet/leaflet.js",
    "jquery": "jquery/jquery.min.js",
    "iso8601": "iso8601-js-period/iso8601.js",
    "leaflet.timedimension.min.js": "leaflet-timedimension/leaflet.timedimension.min.js",
    "heatmap.min.js": "pa7_hm.min.js",
    "leaflet-heatmap.js": "pa7_leaflet_hm.min.js",
}
STYLES = {
    "leaflet_css": "leaflet/leaflet.css",
    "leaflet.timedimension.control.min.css": (
        "leaflet-timedimension/leaflet.timedimension.control.css"
    ),
}
# Folium gives these to every map. No element of a briefing uses them.
UNUSED = {
    "bootstrap",
    "awesome_markers",
    "bootstrap_css",
    "glyphicons_css",
    "awesome_markers_font_css",
    "awesome_markers_css",
    "awesome_rotate_css",
}
FACE = "inter/inter-latin.woff2"
# Fonts and pictures that a style would fetch. The page has marks of its own for them.
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_PICTURE = re.compile(r"url\((?!['\"]?(?:data:|#))[^)]*\)")
_FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc\s*=|<link\b(?![^>]*href=\"data:)[^>]*\bhref\s*=|"
    r"@import\b|url\((?!['\"]?(?:data:|#))",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"(<script[^>]*>).*?(</script>)", re.DOTALL)


class NotOffline(WanggeError):
    """The page would ask another machine for something, or a file for it is missing."""


@dataclass(frozen=True)
class Assets:
    scripts: list[str]
    styles: list[str]


def take_assets(root: Any) -> Assets:
    """Empty the lists of addresses of all elements below `root`; return what they named, once each.

    Raises `NotOffline` for a name that is not known here or a file that is not there.
    """
    scripts, styles = dict[str, str](), dict[str, str]()
    for element in walk(root):
        for name, _ in getattr(element, "default_js", ()):
            _take(name, SCRIPTS, scripts)
        for name, _ in getattr(element, "default_css", ()):
            _take(name, STYLES, styles)
        element.default_js = element.default_css = []
    return Assets(
        scripts=[text.replace("</script", "<\\/script") for text in scripts.values()],
        styles=[_PICTURE.sub("none", _FONT_FACE.sub("", text)) for text in styles.values()],
    )


def face() -> str:
    """The one Latin face as a `data:` address."""
    return "data:font/woff2;base64," + base64.b64encode(_file(FACE).read_bytes()).decode()


def check_alone(page: str) -> str:
    """Return `page` if nothing in its markup and styles would be fetched; else `NotOffline`."""
    found = _FETCHED.search(_SCRIPT.sub(r"\1\2", page))
    if found:
        raise NotOffline(f"页面会取外部文件：{found.group()!r} (the page would fetch a file)")
    return page


def walk(element: Any) -> Iterator[Any]:
    """Give `element` and everything below it."""
    yield element
    for child in element._children.values():
        yield from walk(child)


def _take(name: str, known: dict[str, str], into: dict[str, str]) -> None:
    if name in UNUSED or name in into:
        return
    if name not in known:
        raise NotOffline(f"folium 的文件 {name} 没有本地副本 (no local copy of this asset)")
    into[name] = _file(known[name]).read_text(encoding="utf-8")


def _file(name: str) -> Path:
    if "/" not in name:
        return WHEEL / name
    found = finders.find(f"vendor/{name}")
    if not found:
        raise NotOffline(f"缺少前端文件 {name}：请运行 make run 或 make test (run the set-up)")
    return Path(str(found))
