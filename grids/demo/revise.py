"""The revision of a division: merges, dissolved grids, splits and shifted borders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput
from grids.demo.divide import Field, connected, divide, enclosed, nearest_seed
from grids.demo.profile import Revision

__all__ = ["Revised", "revise"]

_MANY = 5


class Revised:
    """The groups of every community while they are being revised.

    A group that has changed is not changed again, so that every change stays readable; ``held``
    blocks never leave their group.
    """

    def __init__(self, field: Field, groups: list[list[list[int]]], held: set[int]) -> None:
        self.field = field
        self.held = held
        self.groups = [[set(group) for group in community] for community in groups]
        self.changed = [[False] * len(community) for community in groups]

    def load(self, blocks: set[int]) -> float:
        """The workload of blocks."""
        return sum(self.field.work[b] for b in sorted(blocks))

    def around(self, community: int, group: int) -> list[int]:
        """The groups of the same community that border on a group."""
        owner = {b: g for g, held in enumerate(self.groups[community]) for b in held}
        found = {
            owner[o]
            for b in self.groups[community][group]
            for o in self.field.border[b]
            if o in owner
        }
        return sorted(found - {group})

    def free(self, community: int, *, heavy_first: bool = False) -> Iterator[int]:
        """Groups that may still change, by workload."""
        groups = self.groups[community]
        order = sorted(range(len(groups)), key=lambda g: (self.load(groups[g]), g))
        for g in reversed(order) if heavy_first else order:
            if not self.changed[community][g]:
                yield g

    def replace(self, community: int, gone: Sequence[int], come: Sequence[set[int]]) -> bool:
        """Put changed groups in the place of others, unless one would enclose another."""
        kept = [g for g in range(len(self.groups[community])) if g not in set(gone)]
        groups = [self.groups[community][g] for g in kept] + list(come)
        if enclosed(self.field, groups):
            return False
        self.changed[community] = [self.changed[community][g] for g in kept] + [True] * len(come)
        self.groups[community] = groups
        return True


_Change = Callable[[Revised, int], bool]


def revise(
    state: Revised, quotas: NDArray[np.intp], plan: Revision, rng: np.random.Generator
) -> list[list[list[int]]]:
    """Return every community's groups after the planned changes and the splits to its quota."""
    order = [int(c) for c in rng.permutation(len(state.groups)) if len(state.groups[c]) >= _MANY]
    _spend(state, order[0::3], plan.merges, _merge, "merges")
    _spend(state, order[1::3], plan.dissolved, _dissolve, "dissolved grids")
    for community, quota in enumerate(quotas.tolist()):
        while len(state.groups[community]) < quota:
            if not _split(state, community, rng):
                raise InvalidInput(f"community {community} cannot be split into {quota} grids")
    _spend(state, order, plan.shifts, _shift, "shifted borders")
    return [[sorted(group) for group in community] for community in state.groups]


def _spend(state: Revised, order: Sequence[int], count: int, change: _Change, what: str) -> None:
    done = 0
    for community in order:
        if done < count and change(state, community):
            done += 1
    if done < count:
        raise InvalidInput(f"demo.toml: only {done} of {count} {what} are possible")


def _merge(state: Revised, community: int) -> bool:
    for group in state.free(community):
        for other in state.around(community, group):
            pair = state.groups[community][group] | state.groups[community][other]
            if not state.changed[community][other] and not pair & state.held:
                return state.replace(community, [group, other], [pair])
    return False


def _dissolve(state: Revised, community: int) -> bool:
    for group in state.free(community):
        blocks = state.groups[community][group]
        heirs = [g for g in state.around(community, group) if not state.changed[community][g]]
        if len(heirs) < 2 or blocks & state.held:
            continue
        seeds = [sorted(state.groups[community][g]) for g in heirs]
        near = nearest_seed(state.field, blocks.union(*map(set, seeds)), seeds)
        if len({near[b] for b in blocks if b in near}) < 2 or any(b not in near for b in blocks):
            continue
        grown = [
            state.groups[community][g] | {b for b in blocks if near[b] == k}
            for k, g in enumerate(heirs)
        ]
        return state.replace(community, [group, *heirs], grown)
    return False


def _split(state: Revised, community: int, rng: np.random.Generator) -> bool:
    untouched = list(state.free(community, heavy_first=True))
    others = sorted(
        set(range(len(state.groups[community]))) - set(untouched),
        key=lambda g: (-state.load(state.groups[community][g]), g),
    )
    for group in untouched + others:
        blocks = state.groups[community][group]
        if len(blocks) < 2 or blocks & state.held:
            continue
        halves = [set(h) for h in divide(state.field, sorted(blocks), 2, rng)]
        if state.replace(community, [group], halves):
            return True
    return False


def _shift(state: Revised, community: int) -> bool:
    """Hand one border block of a heavy group to a lighter neighbour."""
    for group in state.free(community, heavy_first=True):
        for other in state.around(community, group):
            mine, theirs = state.groups[community][group], state.groups[community][other]
            if state.changed[community][other] or state.load(mine) <= state.load(theirs):
                continue
            block = _border_block(state, mine, theirs)
            if block is not None and state.replace(
                community, [group, other], [mine - {block}, theirs | {block}]
            ):
                return True
    return False


def _border_block(state: Revised, mine: set[int], theirs: set[int]) -> int | None:
    """The block of ``mine`` that shares most of its border with ``theirs`` and can be spared."""
    best, most = None, 0.25
    for block in sorted(mine - state.held):
        border = state.field.border[block]
        share = sum(m for o, m in border.items() if o in theirs) / (sum(border.values()) or 1.0)
        if share > most and connected(state.field.border, mine - {block}):
            best, most = block, share
    return best
