"""Randomness that is a function of a name: the same on every machine and in every order."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["generator", "unit_noise"]


def generator(seed: str, *name: object) -> np.random.Generator:
    """Return a PCG64 generator that depends on ``seed`` and ``name`` alone."""
    digest = hashlib.sha256("/".join((seed, *map(str, name))).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def unit_noise(seed: str, keys: list[str]) -> NDArray[np.float64]:
    """Return 16 numbers in [-1, 1) per key, shape (len(keys), 16), from each key's SHA-256."""
    raw = b"".join(hashlib.sha256(f"{seed}/{key}".encode()).digest() for key in keys)
    words = np.frombuffer(raw, dtype=">u2").reshape(len(keys), 16)
    return words.astype(np.float64) / 32768.0 - 1.0
