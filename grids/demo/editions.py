"""Editions: how communities are divided into grids, first anew and then by revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis.kernel.codes import GridCode, next_free_sequence, parse_grid_code, reading_order
from gis.kernel.lineage import inherit_codes
from grids.demo.chance import generator
from grids.demo.communities import share_out
from grids.demo.divide import Field, divide
from grids.demo.people import Population
from grids.demo.profile import Pin, Profile
from grids.demo.revise import Revised, revise

__all__ = ["Division", "Setting", "divide_again", "divide_anew"]

IntArray = NDArray[np.intp]
_BLOCKS_PER_GRID = 3


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a division is made on: the blocks, their communities, and what is declared for them.

    ``pinned`` gives the blocks of each pin, ``dedicated`` the block that each dedicated grid holds.
    """

    profile: Profile
    field: Field
    area_m2: NDArray[np.float64]
    population: Population
    community: IntArray
    pinned: Mapping[Pin, IntArray]
    dedicated: Mapping[str, int]

    def blocks_of(self, community: int) -> list[int]:
        """The blocks of a community, in order."""
        return [int(b) for b in np.flatnonzero(self.community == community)]

    def held_in(self, community: int) -> dict[int, tuple[int, ...]]:
        """The pinned blocks of a community by the number of their grid."""
        code = self.profile.communities[community][0]
        return {
            pin.sequence: tuple(int(b) for b in blocks)
            for pin, blocks in self.pinned.items()
            if pin.community == code
        }


@dataclass(frozen=True, kw_only=True)
class Division:
    """One edition: its grids in the order of their codes, and every block's grid.

    ``grid`` (b,) indexes ``codes``, ``names``, ``dedicated`` and ``community``.
    """

    name: str
    valid_from: datetime
    codes: tuple[str, ...]
    names: tuple[str, ...]
    dedicated: tuple[bool, ...]
    community: tuple[int, ...]
    grid: IntArray


def _quotas(setting: Setting, edition: str, least: IntArray | None) -> IntArray:
    profile = setting.profile
    count = len(profile.communities)
    work = np.bincount(setting.community, weights=setting.field.workload, minlength=count)
    room = np.bincount(setting.community, minlength=count) // _BLOCKS_PER_GRID
    floor = np.ones(count, dtype=np.intp) if least is None else least.copy()
    for c in range(count):
        floor[c] = max([int(floor[c]), *setting.held_in(c)])
    quotas = np.zeros(count, dtype=np.intp)
    for sub in profile.subdistricts:
        at = np.array([i for i, (c, _) in enumerate(profile.communities) if c.startswith(sub.code)])
        quotas[at] = share_out(work[at], room[at], sub.grids[edition], floor[at])
    return quotas


def divide_anew(setting: Setting) -> Division:
    """Divide every community into its quota of grids of the first edition and number them."""
    name, valid_from = setting.profile.editions[0]
    quotas = _quotas(setting, name, None)
    owner: dict[str, list[int]] = {}
    for c, (code, _) in enumerate(setting.profile.communities):
        held = setting.held_in(c)
        rng = generator(setting.profile.seed, "grids", name, code)
        fixed = next(iter(held.values()), ())
        groups = divide(setting.field, setting.blocks_of(c), int(quotas[c]), rng, fixed=fixed)
        numbers = _number(setting, groups, {}, held, set())
        for group, number in zip(groups, numbers, strict=True):
            owner[str(GridCode(code, number))] = group
    return _division(setting, name, valid_from, owner, {})


def divide_again(setting: Setting, before: Division) -> Division:
    """Revise a division into the next edition; a grid whose people mostly stay keeps its code."""
    name, valid_from = setting.profile.editions[1]
    least = np.bincount(before.community, minlength=len(setting.profile.communities))
    quotas = _quotas(setting, name, least.astype(np.intp))
    groups_before: list[list[list[int]]] = [[] for _ in setting.profile.communities]
    for g, c in enumerate(before.community):
        groups_before[c].append([int(b) for b in np.flatnonzero(before.grid == g)])
    held = {int(b) for blocks in setting.pinned.values() for b in blocks}
    rng = generator(setting.profile.seed, "revision", name)
    revised = revise(
        Revised(setting.field, groups_before, held), quotas, setting.profile.revision, rng
    )
    owner: dict[str, list[int]] = {}
    for c, (code, _) in enumerate(setting.profile.communities):
        used = {parse_grid_code(before.codes[g]).sequence for g in _grids_of(before, c)}
        kept = _kept(setting, before, revised[c])
        numbers = _number(setting, revised[c], kept, setting.held_in(c), used)
        for group, number in zip(revised[c], numbers, strict=True):
            owner[str(GridCode(code, number))] = group
    return _division(setting, name, valid_from, owner, _dedicated_names(setting, owner))


def _grids_of(division: Division, community: int) -> list[int]:
    return [g for g, c in enumerate(division.community) if c == community]


def _kept(setting: Setting, before: Division, groups: Sequence[Sequence[int]]) -> dict[int, int]:
    blocks = [b for group in groups for b in group]
    new = [g for g, group in enumerate(groups) for _ in group]
    kept = inherit_codes(
        [before.codes[before.grid[b]] for b in blocks],
        new,
        setting.population.people[blocks].astype(np.float64),
        setting.area_m2[blocks],
    )
    return {group: parse_grid_code(code).sequence for group, code in kept.items()}


def _number(
    setting: Setting,
    groups: Sequence[Sequence[int]],
    kept: Mapping[int, int],
    held: Mapping[int, tuple[int, ...]],
    used: set[int],
) -> list[int]:
    """Number groups: pinned ones as declared, kept ones as before, the rest in reading order."""
    numbers = dict(kept)
    for number, blocks in held.items():
        for g, group in enumerate(groups):
            if blocks[0] in group:
                numbers[g] = number
    taken = used | set(numbers.values())
    middle = np.array(
        [np.average(setting.field.centre[g], axis=0, weights=setting.area_m2[g]) for g in groups]
    )
    for g in reading_order(middle[:, 0], middle[:, 1]).tolist():
        if g not in numbers:
            numbers[g] = next_free_sequence(taken)
            taken.add(numbers[g])
    return [numbers[g] for g in range(len(groups))]


def _dedicated_names(setting: Setting, owner: Mapping[str, Sequence[int]]) -> dict[str, str]:
    code_of = {block: code for code, blocks in owner.items() for block in blocks}
    return {code_of[block]: name for name, block in setting.dedicated.items()}


def _division(
    setting: Setting,
    name: str,
    valid_from: datetime,
    owner: Mapping[str, Sequence[int]],
    dedicated: Mapping[str, str],
) -> Division:
    index = {code: i for i, (code, _) in enumerate(setting.profile.communities)}
    codes = sorted(owner)
    grid = np.full(len(setting.community), -1)
    for g, code in enumerate(codes):
        grid[list(owner[code])] = g
    of = [index[code[:12]] for code in codes]
    plain = (
        f"{setting.profile.communities[c][1]} {int(code[12:]):02d} 网格"
        for code, c in zip(codes, of, strict=True)
    )
    return Division(
        name=name,
        valid_from=valid_from,
        codes=tuple(codes),
        names=tuple(dedicated.get(code, text) for code, text in zip(codes, plain, strict=True)),
        dedicated=tuple(code in dedicated for code in codes),
        community=tuple(of),
        grid=grid,
    )
