"""What became of every grid between two divisions of the same ground.

Each pair of an old and a new grid that share ground gets one relation:

- ``same``: the same ground, code and name; ``rename``: the same ground, another code or name;
- ``split``: the new grid lies wholly in the old one, which has other such parts;
- ``merge``: the old grid lies wholly in the new one, which holds other such grids;
- ``retire``: none of these, and the old code is gone;
- ``shift``: none of these: a border moved.

Ground of an old grid that no new grid holds is a ``retire`` without a new grid.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput

__all__ = [
    "Link",
    "Relation",
    "inherit_codes",
    "lineage_of_blocks",
    "lineage_of_polygons",
]

FloatArray = NDArray[np.float64]
Relation = Literal["same", "split", "merge", "shift", "rename", "retire"]
_EXACT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Link:
    """One old grid, one new grid (or none), and what they share. Shares are 0-1.

    A share of people is None where nobody lives or nobody was counted.
    """

    old: str
    new: str | None
    relation: Relation
    area_share_of_old: float
    area_share_of_new: float | None
    people_share_of_old: float | None
    people_share_of_new: float | None


@dataclass(frozen=True)
class _Overlap:
    old: str
    new: str | None
    area: float
    people: float | None


def lineage_of_blocks(
    old: Sequence[str | None],
    new: Sequence[str | None],
    area_m2: FloatArray,
    people: FloatArray | None = None,
    *,
    old_names: Mapping[str, str] | None = None,
    new_names: Mapping[str, str] | None = None,
) -> list[Link]:
    """Return the links between two divisions made of the same blocks, ordered by old, then new.

    ``old`` and ``new`` give each block's grid code (None: in no grid of that division); area and
    people are per block. Names decide only between ``same`` and ``rename``.
    """
    if not len(old) == len(new) == len(area_m2):
        raise InvalidInput("old, new and area_m2 must have one entry per block")
    area: dict[tuple[str, str | None], float] = {}
    lived: dict[tuple[str, str | None], float] = {}
    counted = people if people is not None else np.zeros(len(area_m2))
    new_area: dict[str, float] = defaultdict(float)
    new_people: dict[str, float] = defaultdict(float)
    for o, n, a, p in zip(old, new, area_m2.tolist(), counted.tolist(), strict=True):
        if o is not None:
            area[o, n] = area.get((o, n), 0.0) + a
            lived[o, n] = lived.get((o, n), 0.0) + p
        if n is not None:
            new_area[n] += a
            new_people[n] += p
    overlaps = [
        _Overlap(o, n, a, lived[o, n] if people is not None else None) for (o, n), a in area.items()
    ]
    return _links(overlaps, dict(new_area), dict(new_people), old_names, new_names, _EXACT)


def lineage_of_polygons(
    old: Mapping[str, shapely.Geometry],
    new: Mapping[str, shapely.Geometry],
    *,
    old_people: Mapping[str, float] | None = None,
    old_names: Mapping[str, str] | None = None,
    new_names: Mapping[str, str] | None = None,
    negligible: float = 0.001,
) -> list[Link]:
    """Return the links between two divisions without common blocks, ordered by old, then new.

    Polygons are in one metric plane. An overlap below ``negligible`` (a share) of both grids is
    a drawing difference, not a change. With ``old_people`` the people of an old grid are taken to
    be spread evenly over it (areal weighting); without, shares of people are None.
    """
    if not 0 <= negligible < 0.5:
        raise InvalidInput("negligible must be a share from 0 to below 0.5")
    old_codes, new_codes = sorted(old), sorted(new)
    before = np.array([old[c] for c in old_codes], dtype=object)
    after = np.array([new[c] for c in new_codes], dtype=object)
    old_area, new_area = shapely.area(before), shapely.area(after)
    o, n = shapely.STRtree(after).query(before, predicate="intersects")
    common = shapely.area(shapely.intersection(before[o], after[n]))
    keep = (common > negligible * old_area[o]) | (common > negligible * new_area[n])
    left = old_area.copy()
    np.subtract.at(left, o, common)
    overlaps = []
    new_people: dict[str, float] = defaultdict(float)
    for i, j, a in zip(o[keep].tolist(), n[keep].tolist(), common[keep].tolist(), strict=True):
        people = None
        if old_people is not None:
            people = old_people[old_codes[i]] * a / float(old_area[i])
            new_people[new_codes[j]] += people
        overlaps.append(_Overlap(old_codes[i], new_codes[j], a, people))
    for i in np.flatnonzero(left > negligible * old_area).tolist():
        share = float(left[i] / old_area[i])
        people = None if old_people is None else old_people[old_codes[i]] * share
        overlaps.append(_Overlap(old_codes[i], None, float(left[i]), people))
    areas = dict(zip(new_codes, new_area.tolist(), strict=True))
    return _links(overlaps, areas, dict(new_people), old_names, new_names, negligible)


def _links(
    overlaps: Sequence[_Overlap],
    new_area: Mapping[str, float],
    new_people: Mapping[str, float],
    old_names: Mapping[str, str] | None,
    new_names: Mapping[str, str] | None,
    tolerance: float,
) -> list[Link]:
    old_area: dict[str, float] = defaultdict(float)
    old_people: dict[str, float] = defaultdict(float)
    for lap in overlaps:
        old_area[lap.old] += lap.area
        old_people[lap.old] += lap.people or 0.0
    whole = 1.0 - tolerance
    inner = {  # (the old lies wholly in the new, the new lies wholly in the old)
        (lap.old, lap.new): (
            lap.area >= whole * old_area[lap.old],
            lap.area >= whole * new_area[lap.new],
        )
        for lap in overlaps
        if lap.new is not None
    }
    swallowed = Counter(n for (_, n), (old_in_new, _) in inner.items() if old_in_new)
    parts = Counter(o for (o, _), (_, new_in_old) in inner.items() if new_in_old)

    def relation(old: str, new: str | None) -> Relation:
        if new is None:
            return "retire"
        old_in_new, new_in_old = inner[old, new]
        if old_in_new and new_in_old:
            named = old_names is None or new_names is None or old_names[old] == new_names[new]
            return "same" if old == new and named else "rename"
        if new_in_old and parts[old] > 1:
            return "split"
        if old_in_new and swallowed[new] > 1:
            return "merge"
        return "shift" if old in new_area else "retire"

    def share(part: float | None, total: float) -> float | None:
        return None if part is None or total <= 0 else part / total

    return [
        Link(
            old=lap.old,
            new=lap.new,
            relation=relation(lap.old, lap.new),
            area_share_of_old=lap.area / old_area[lap.old],
            area_share_of_new=None if lap.new is None else lap.area / new_area[lap.new],
            people_share_of_old=share(lap.people, old_people[lap.old]),
            people_share_of_new=(
                None if lap.new is None else share(lap.people, new_people.get(lap.new, 0.0))
            ),
        )
        for lap in sorted(overlaps, key=lambda lap: (lap.old, lap.new is None, lap.new or ""))
    ]


def inherit_codes(
    old: Sequence[str | None], new: Sequence[int], people: FloatArray, area_m2: FloatArray
) -> dict[int, str]:
    """Return which new groups of blocks keep which old code: most of the old people stay there.

    ``old`` is each block's old code, ``new`` its new group. A code goes to the group that holds at
    least half of its people (of its area where nobody lives); a group that could keep several
    takes the one that brings most people, then most area, then the lowest.
    """
    flows: dict[tuple[str, int], FloatArray] = {}
    total: dict[str, FloatArray] = {}
    for o, n, p, a in zip(old, new, people.tolist(), area_m2.tolist(), strict=True):
        if o is not None:
            amount = np.array([p, a])
            flows[o, n] = flows.get((o, n), np.zeros(2)) + amount
            total[o] = total.get(o, np.zeros(2)) + amount
    heirs: dict[str, int] = {}
    claims: dict[int, list[tuple[float, float, str]]] = {}
    for (o, n), (p, a) in sorted(flows.items(), key=lambda f: (-f[1][0], -f[1][1], f[0])):
        measure = 0 if total[o][0] > 0 else 1
        if o not in heirs and (p, a)[measure] >= 0.5 * total[o][measure]:
            heirs[o] = n
            claims.setdefault(n, []).append((-p, -a, o))
    return {n: min(rivals)[2] for n, rivals in claims.items()}
