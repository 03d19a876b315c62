"""The place that is simulated: the one whose profile this installation shows."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from grids.imports.gazette import place_of
from grids.models import Place
from incidents.demo.living.profile import LivingProfile, load_living
from incidents.demo.profile import FILE, HistoryProfile, load_history

__all__ = ["DEFAULT_FOLDER", "simulated_living", "simulated_place"]

DEFAULT_FOLDER = Path(settings.BASE_DIR) / "fixtures" / "laoshan"


def simulated_place(
    folder: Path = DEFAULT_FOLDER,
) -> tuple[Place, HistoryProfile] | None:
    """The place and the patterns of a profile's folder; None when it has no patterns.

    Raises `InvalidInput` when the place is not there.
    """
    found = _read(folder)
    return (place_of(found[0]), found[1]) if found else None


@lru_cache(maxsize=4)
def _read(folder: Path) -> tuple[str, HistoryProfile] | None:
    if not (folder / FILE).is_file():
        return None
    written = tomllib.loads((folder / "place.toml").read_text(encoding="utf-8"))
    return written["code"], load_history(folder)


@lru_cache(maxsize=4)
def simulated_living(folder: Path = DEFAULT_FOLDER) -> LivingProfile | None:
    """How the cases of the simulated place are handled; None where its profile does not say."""
    return load_living(folder)
