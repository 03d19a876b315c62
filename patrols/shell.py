"""The files without which the phone's page cannot start, and a name for exactly these contents."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

__all__ = ["SHELL", "version_of"]

SCRIPTS = (
    "main", "state", "store", "clock", "outbox", "fixes", "shift", "position", "ground", "mine",
    "feed", "tasks", "task", "report", "photos", "spots", "spot", "route", "where", "queue", "map",
    "marks", "panels", "sheet", "about", "stale", "next",
)  # fmt: skip
SHELL = (
    "gis/css/tokens.css",
    "gis/css/base.css",
    "gis/mark.svg",
    "gis/js/api.js",
    "gis/js/page.js",
    "gis/js/picture.js",
    "incidents/report/report.css",
    "incidents/report/icon.js",
    "incidents/report/uuid.js",
    "maps/labels.js",
    "maps/palette.js",
    "patrols/patrol.css",
    "patrols/stale.css",
    *(f"patrols/{name}.js" for name in SCRIPTS),
    "vendor/maplibre-gl/maplibre-gl.css",
    "vendor/maplibre-gl/maplibre-gl.mjs",
    "vendor/maplibre-gl/maplibre-gl-worker.mjs",
    "vendor/inter/inter-latin.woff2",
)  # fmt: skip


def version_of(names: tuple[str, ...] = SHELL) -> str:
    """A digest of the contents: another byte in any of them is another version."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0")
        digest.update(hashlib.sha256(_file(name).read_bytes()).digest())
    return digest.hexdigest()[:16]


def _file(name: str) -> Path:
    """Where it lies: among the sources, or where an installation collected it."""
    found = finders.find(name)
    return Path(found) if found else Path(staticfiles_storage.path(name))
