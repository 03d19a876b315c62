"""Households and people of every block, and what kind of ground it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.demo.chance import generator
from grids.demo.ground import Ground
from grids.demo.profile import Profile

__all__ = ["Population", "populate"]

_HILLSIDE_DENSITY = 0.09
_TOWN_DENSITY = 0.45
_EMPTY_SHARE = 0.10


@dataclass(frozen=True)
class Population:
    """Per block: households, people, kind, and the workload of whoever answers for it.

    Workload is households^0.6 x area^0.4 (every block counted as two households at least):
    people make work, and so does ground to walk.
    """

    households: NDArray[np.int64]
    people: NDArray[np.int64]
    kind: NDArray[np.str_]
    workload: NDArray[np.float64]


def populate(profile: Profile, ground: Ground) -> Population:
    """Give every block its households and people, close to the profile's totals."""
    mesh, density = ground.mesh, ground.density
    households = np.zeros(mesh.count, dtype=np.int64)
    size = np.zeros(mesh.count)
    for index, sub in enumerate(profile.subdistricts):
        at = np.flatnonzero(mesh.part == index)
        rng = generator(profile.seed, "people", sub.code)
        pull = mesh.area_m2[at] * density[at] ** 2.2 * rng.lognormal(0.0, 0.5, len(at))
        empty = rng.random(len(at)) < np.where(density[at] < _HILLSIDE_DENSITY, 0.85, _EMPTY_SHARE)
        pull[empty] = 0.0
        households[at] = np.rint(pull / pull.sum() * sub.households).astype(np.int64)
        size[at] = rng.uniform(2.3, 3.1, len(at))
    people = np.rint(households * size).astype(np.int64)
    workload = np.maximum(households, 2) ** 0.6 * mesh.area_m2**0.4
    return Population(households, people, _kinds(density, households), workload / workload.mean())


def _kinds(density: NDArray[np.float64], households: NDArray[np.int64]) -> NDArray[np.str_]:
    lived = households > 0
    town = density >= _TOWN_DENSITY
    return np.select(
        [lived & town, lived, density < _HILLSIDE_DENSITY],
        ["estate", "hamlet", "hillside"],
        "parcel",
    )
