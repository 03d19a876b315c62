"""Finding the adapters: every package beside this module that has an `ADAPTER` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from incidents.channels.adapter import Adapter

__all__ = ["adapters", "find", "walk"]


@lru_cache(maxsize=1)
def adapters() -> dict[str, Adapter]:
    """The adapters of this installation, by the code of their channel."""
    return walk([str(Path(__file__).parent)], "incidents.channels.")


def find(code: str) -> Adapter | None:
    """The adapter of a channel, if it has one."""
    return adapters().get(code)


def walk(paths: Iterable[str], prefix: str) -> dict[str, Adapter]:
    """The adapters in the packages directly below `paths`, whose modules begin with `prefix`.

    Raises `RuntimeError` for a package without an adapter, and for a code that two of them claim.
    """
    found: dict[str, Adapter] = {}
    for info in pkgutil.iter_modules(paths, prefix):
        if not info.ispkg:
            continue
        adapter = getattr(importlib.import_module(info.name), "ADAPTER", None)
        if not isinstance(adapter, Adapter):
            raise RuntimeError(f"{info.name} has no ADAPTER")
        if adapter.code in found:
            raise RuntimeError(f"two adapters for {adapter.code}")
        found[adapter.code] = adapter
    return found
