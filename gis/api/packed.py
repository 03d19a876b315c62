"""Static files as the demonstration serves them: packed once, and sent packed to who reads gzip.

An installation has nginx for that (`gis/config/deploy/nginx.conf`); the demonstration's own server
would send three times as much.
"""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

__all__ = ["PackedFiles", "packed_copy"]

SUFFIXES = frozenset({".js", ".mjs", ".css", ".svg", ".json", ".html", ".txt"})
# Below this a packed file saves no packet.
LEAST_BYTES = 1200
LEVEL = 9


class PackedFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, with packed copies beside files of which nobody made any."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        found = super().get_static_file(path, url, stat_cache)
        folder = settings.PACKED_ROOT
        # More than one: collected with its copies already.
        if folder is None or len(found.alternatives) > 1:
            return found
        copy = packed_copy(Path(path), Path(folder))
        if copy is None:
            return found
        [(_, _, headers)] = found.alternatives
        kept = [(name, value) for name, value in headers if name != "Content-Length"]
        return StaticFile(path, kept, encodings={"gzip": str(copy)})


def packed_copy(file: Path, folder: Path) -> Path | None:
    """The copy of `file` in `folder`, made unless it is there; None for what is not worth it.

    Its name is the digest of what it holds, so that processes that start together make the same.
    """
    if file.suffix not in SUFFIXES or file.stat().st_size < LEAST_BYTES:
        return None
    raw = file.read_bytes()
    copy = folder / f"{hashlib.sha256(raw).hexdigest()[:32]}.gz"
    if not copy.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
            draft.write(gzip.compress(raw, LEVEL, mtime=0))
        Path(draft.name).replace(copy)
    return copy if copy.stat().st_size < len(raw) else None
