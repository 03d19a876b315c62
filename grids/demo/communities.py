"""Communities: which blocks belong to which, and how many grids each one has."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput
from grids.demo.chance import generator
from grids.demo.divide import Field, nearest_seed
from grids.demo.mesh import Mesh
from grids.demo.profile import Pin, Profile

__all__ = ["settle", "share_out"]

FloatArray = NDArray[np.float64]
_ROUNDS = 12
_SEED_POWER = 0.8


def settle(
    profile: Profile,
    mesh: Mesh,
    field: Field,
    anchors_m: FloatArray,
    pinned: Mapping[Pin, NDArray[np.intp]],
) -> NDArray[np.intp]:
    """Return for every block the index of its community in ``profile.communities``.

    Anchored communities lie where they are known to be (``anchors_m`` in the order of the
    profile's anchors), the others where households are; a pinned circle belongs to one community.
    """
    found = np.full(mesh.count, -1)
    index = {code: i for i, (code, _) in enumerate(profile.communities)}
    held = {pin.community: set(blocks.tolist()) for pin, blocks in pinned.items()}
    for part, sub in enumerate(profile.subdistricts):
        blocks = np.flatnonzero(mesh.part == part)
        codes = [code for code, _ in profile.communities if code.startswith(sub.code)]
        fixed = {
            a.community: anchors_m[i]
            for i, a in enumerate(profile.anchors)
            if a.community in set(codes)
        }
        places = _places(profile.seed, sub.code, field, blocks, codes, fixed)
        seeds = _seed_blocks(field, blocks, codes, places, held)
        for block, group in nearest_seed(field, blocks.tolist(), seeds).items():
            found[block] = index[codes[group]]
    if (found < 0).any():
        raise InvalidInput(f"{(found < 0).sum()} blocks hang on to no community")
    return found


def _seed_blocks(
    field: Field,
    blocks: NDArray[np.intp],
    codes: list[str],
    places: FloatArray,
    held: Mapping[str, set[int]],
) -> list[set[int]]:
    taken: set[int] = set().union(*held.values()) if held else set()
    seeds = []
    for code, place in zip(codes, places, strict=True):
        if code in held:
            seeds.append(held[code])
            continue
        away = ((field.centre[blocks] - place) ** 2).sum(axis=1)
        order = blocks[np.argsort(away, kind="stable")]
        block = next(int(b) for b in order if int(b) not in taken)
        taken.add(block)
        seeds.append({block})
    return seeds


def _places(
    seed: str,
    sub: str,
    field: Field,
    blocks: NDArray[np.intp],
    codes: list[str],
    fixed: Mapping[str, FloatArray],
) -> FloatArray:
    """Place the communities: the anchored stay, the rest settle by weighted k-means."""
    rng = generator(seed, "communities", sub)
    points, weight = field.centre[blocks], field.workload[blocks] ** _SEED_POWER
    centres = [fixed[code] for code in codes if code in fixed]
    far = np.full(len(points), np.inf)
    for centre in centres:
        far = np.minimum(far, ((points - centre) ** 2).sum(axis=1))
    loose = len(codes) - len(centres)
    for _ in range(loose):
        pull = weight if np.isinf(far).all() else far * weight
        centres.append(points[rng.choice(len(points), p=pull / pull.sum())])
        far = np.minimum(far, ((points - centres[-1]) ** 2).sum(axis=1))
    spots = np.array(centres)
    for _ in range(_ROUNDS):
        nearest = ((points[:, None] - spots[None]) ** 2).sum(axis=2).argmin(axis=1)
        for k in range(len(fixed), len(spots)):
            mine = nearest == k
            if mine.any():
                spots[k] = np.average(points[mine], axis=0, weights=weight[mine])
    free = spots[len(fixed) :]
    free = free[np.lexsort((free[:, 1], free[:, 0]))]
    ordered, at = [], 0
    for code in codes:
        if code in fixed:
            ordered.append(fixed[code])
        else:
            ordered.append(free[at])
            at += 1
    return np.array(ordered)


def share_out(
    workload: FloatArray, room: NDArray[np.intp], count: int, least: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Share ``count`` grids among communities by workload, from ``least`` to ``room`` for each.

    Webster's method; a greater ``count`` never takes a grid away from a community.
    """
    seats = least.astype(np.intp).copy()
    if seats.sum() > count or room.sum() < count or (seats > room).any():
        raise InvalidInput(f"{count} grids do not fit {len(seats)} communities")
    while seats.sum() < count:
        claim = np.where(seats < room, workload / (2 * seats + 1), -1.0)
        seats[int(np.argmax(claim))] += 1
    return seats
