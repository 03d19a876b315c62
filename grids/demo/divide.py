"""Contiguous groups of blocks: growing them from seeds, and evening out their workload."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Field", "connected", "divide", "enclosed", "nearest_seed"]

FloatArray = NDArray[np.float64]
_ROUNDS = 8
_SWEEPS = 6
_BALANCE = 3.0


@dataclass(frozen=True)
class Field:
    """Blocks to be grouped.

    Centres in metres, workload, neighbours of the same subdistrict with shared metres, and whether
    a block lies on the rim of its subdistrict.
    """

    centre: FloatArray
    workload: FloatArray
    border: Sequence[Mapping[int, float]]
    rim: NDArray[np.bool_]
    spots: list[tuple[float, float]] = dataclass_field(init=False)
    work: list[float] = dataclass_field(init=False)

    def __post_init__(self) -> None:
        # Plain numbers: growing groups looks at one block at a time, where arrays are slow.
        object.__setattr__(self, "spots", [(x, y) for x, y in self.centre.tolist()])
        object.__setattr__(self, "work", self.workload.tolist())

    def away(self, block: int, x: float, y: float) -> float:
        """Metres from a block's centre to a point."""
        at = self.spots[block]
        return math.hypot(at[0] - x, at[1] - y)


def connected(border: Sequence[Mapping[int, float]], blocks: Collection[int]) -> bool:
    """Tell whether the blocks hang together along their borders."""
    if not blocks:
        return False
    inside = set(blocks)
    queue = [min(inside)]
    inside.discard(queue[0])
    while queue:
        for other in border[queue.pop()]:
            if other in inside:
                inside.discard(other)
                queue.append(other)
    return not inside


def nearest_seed(
    field: Field, blocks: Iterable[int], seeds: Sequence[Collection[int]]
) -> dict[int, int]:
    """Assign each block to the seed group nearest along the ground; every group hangs together."""
    member = set(blocks)
    found: dict[int, int] = {}
    heap = [(0.0, group, block) for group, held in enumerate(seeds) for block in sorted(held)]
    heapq.heapify(heap)
    while heap:
        far, group, block = heapq.heappop(heap)
        if block in found:
            continue
        found[block] = group
        for other in field.border[block]:
            if other in member and other not in found:
                heapq.heappush(heap, (far + field.away(block, *field.spots[other]), group, other))
    return found


def divide(
    field: Field,
    blocks: Sequence[int],
    count: int,
    rng: np.random.Generator,
    *,
    fixed: Collection[int] = (),
) -> list[list[int]]:
    """Divide blocks that hang together into ``count`` contiguous groups of like workload.

    ``fixed`` blocks stay together in the first group. Several starts are grown and evened out; the
    most even and compact result without an enclosed group wins.
    """
    if count == 1:
        return [sorted(blocks)]
    centres = _spread(field, blocks, count, rng, fixed)
    best: tuple[float, list[set[int]]] | None = None
    for _ in range(_ROUNDS):
        groups = _grow(field, blocks, centres, fixed)
        _even(field, blocks, groups, fixed)
        cost = _cost(field, groups) + (1e6 if enclosed(field, groups) else 0.0)
        if best is None or cost < best[0]:
            best = cost, groups
        centres = np.array([_middle(field, group) for group in groups])
    if best is None or best[0] >= 1e6:
        return divide(field, blocks, count, rng, fixed=fixed)
    return [sorted(group) for group in best[1]]


def _middle(field: Field, group: Collection[int]) -> FloatArray:
    at = sorted(group)
    return np.asarray(np.average(field.centre[at], axis=0, weights=field.workload[at]))


def _spread(
    field: Field,
    blocks: Sequence[int],
    count: int,
    rng: np.random.Generator,
    fixed: Collection[int],
) -> FloatArray:
    """Pick starting centres far apart and where the work is (k-means++, Arthur 2007)."""
    at = np.array(sorted(blocks))
    points, weight = field.centre[at], field.workload[at]
    first = _middle(field, fixed) if fixed else points[rng.choice(len(at), p=weight / weight.sum())]
    centres = [first]
    far = ((points - first) ** 2).sum(axis=1)
    while len(centres) < count:
        pull = far * weight
        centres.append(points[rng.choice(len(at), p=pull / pull.sum())])
        far = np.minimum(far, ((points - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def _grow(
    field: Field, blocks: Sequence[int], centres: FloatArray, fixed: Collection[int]
) -> list[set[int]]:
    """Let the group with the least work take its nearest free neighbour until none is free."""
    free = set(blocks) - set(fixed)
    groups: list[set[int]] = [set() for _ in centres]
    fronts: list[list[tuple[float, int]]] = [[] for _ in centres]
    load = [0.0] * len(centres)
    hearts = [(x, y) for x, y in centres.tolist()]

    def take(group: int, block: int) -> None:
        groups[group].add(block)
        free.discard(block)
        load[group] += field.work[block]
        for other in field.border[block]:
            if other in free:
                heapq.heappush(fronts[group], (field.away(other, *hearts[group]), other))

    for block in sorted(fixed):
        take(0, block)
    for group in range(1 if fixed else 0, len(centres)):
        at = np.array(sorted(free))
        away = ((field.centre[at] - centres[group]) ** 2).sum(axis=1)
        take(group, int(at[np.argmin(away)]))
    turn = [(load[g], g) for g in range(len(centres))]
    heapq.heapify(turn)
    while turn and free:
        _, group = heapq.heappop(turn)
        front = fronts[group]
        while front and front[0][1] not in free:
            heapq.heappop(front)
        if front:
            take(group, heapq.heappop(front)[1])
            heapq.heappush(turn, (load[group], group))
    return groups


def _even(
    field: Field, blocks: Sequence[int], groups: list[set[int]], fixed: Collection[int]
) -> None:
    """Hand border blocks over while that makes the groups more even or more compact."""
    owner = {block: g for g, group in enumerate(groups) for block in group}
    load = [sum(field.work[b] for b in sorted(group)) for group in groups]
    mean = sum(load) / len(load)
    held = set(fixed)
    for _ in range(_SWEEPS):
        moved = False
        for block in sorted(blocks):
            source = owner[block]
            if block in held or len(groups[source]) < 2:
                continue
            target = _better_owner(field, block, owner, load, mean)
            if target is not None and connected(field.border, groups[source] - {block}):
                groups[source].discard(block)
                groups[target].add(block)
                owner[block] = target
                load[source] -= field.work[block]
                load[target] += field.work[block]
                moved = True
        if not moved:
            return


def _better_owner(
    field: Field, block: int, owner: Mapping[int, int], load: Sequence[float], mean: float
) -> int | None:
    source = owner[block]
    touch: dict[int, float] = {}
    for other, length_m in field.border[block].items():
        if other in owner:
            touch[owner[other]] = touch.get(owner[other], 0.0) + length_m
    around = sum(field.border[block].values()) or 1.0
    work = field.work[block]
    best, gain = None, 1e-9
    for target in sorted(touch):
        if target == source:
            continue
        shape = (touch[target] - touch.get(source, 0.0)) / around
        before = (load[source] - mean) ** 2 + (load[target] - mean) ** 2
        after = (load[source] - work - mean) ** 2 + (load[target] + work - mean) ** 2
        better = _BALANCE * (before - after) / mean**2 + shape
        if better > gain:
            best, gain = target, better
    return best


def _cost(field: Field, groups: Sequence[Collection[int]]) -> float:
    load = np.array([field.workload[sorted(group)].sum() for group in groups])
    return float(((load / load.mean() - 1.0) ** 2).sum()) * _BALANCE + _cut(field, groups)


def _cut(field: Field, groups: Sequence[Collection[int]]) -> float:
    """Return the share of the border metres that separate groups."""
    owner = {block: g for g, group in enumerate(groups) for block in group}
    cut = total = 0.0
    for block in sorted(owner):
        for other, length_m in field.border[block].items():
            total += length_m
            if other in owner and owner[other] != owner[block]:
                cut += length_m
    return 2.0 * cut / (total or 1.0)


def enclosed(field: Field, groups: Sequence[Collection[int]]) -> bool:
    """Tell whether a group lies wholly inside another one."""
    owner = {block: g for g, group in enumerate(groups) for block in group}
    for g, group in enumerate(groups):
        around = {owner.get(other, -1) for block in group for other in field.border[block]} - {g}
        if len(around) == 1 and -1 not in around and not field.rim[sorted(group)].any():
            return True
    return False
