"""Which region an area lies in, and whether it stays inside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation import Problem, Severity, width_of
from gis.kernel.tessellation.width import polygons_of
from grids.imports.territory.metric import Areas, Metric
from grids.models import Region

__all__ = ["Shelves", "shelves"]


@dataclass(frozen=True)
class Shelves:
    """Regions of one level with their ground in metres."""

    regions: list[Region]
    areas: Areas

    def by_code(self) -> dict[str, int]:
        return {region.code: at for at, region in enumerate(self.regions)}

    def place(
        self, codes: Sequence[str], areas: Areas, links: Sequence[str] | None, *, slack_m: float
    ) -> tuple[list[Region | None], list[Problem]]:
        """The region of each area: the linked one, or without links the one with most of it.

        An area may leave its region by `slack_m`; more is an error where the region was named by
        the file, and told where it was found.
        """
        if not self.regions:
            return [None] * len(codes), _unknown_all(codes, links, areas)
        tree, known = STRtree(self.areas), self.by_code()
        found: list[Region | None] = []
        problems: list[Problem] = []
        for at, (code, area) in enumerate(zip(codes, areas, strict=True)):
            if links is None:
                chosen = self._largest(tree, area)
            elif links[at] in known:
                chosen = known[links[at]]
            else:
                chosen = None
                problems.append(_unknown(code, links[at], area))
            found.append(None if chosen is None else self.regions[chosen])
            if chosen is not None:
                problems += self._leaves(code, area, chosen, slack_m, declared=links is not None)
        return found, problems

    def _largest(self, tree: STRtree, area: BaseGeometry) -> int | None:
        near = np.sort(tree.query(area, predicate="intersects"))
        if not near.size:
            return None
        shares = shapely.area(shapely.intersection(self.areas[near], area))
        return int(near[int(np.argmax(shares))]) if shares.max() > 0 else None

    def _leaves(
        self, code: str, area: BaseGeometry, at: int, slack_m: float, *, declared: bool
    ) -> list[Problem]:
        outside = shapely.difference(area, self.areas[at])
        share = float(outside.area / area.area)
        width = max((width_of(piece) for piece in polygons_of(outside)), default=0.0)
        if width <= slack_m:
            return []
        region = self.regions[at]
        away = share > 0.5
        return [
            Problem(
                "outside_region" if away else "straddles_region",
                f"{share:.1%} 在所属的 {region.name} {region.code} 之外",
                f"{share:.1%} of it lies outside its region {region.code}",
                severity=Severity.ERROR if declared else Severity.WARNING,
                features=(code, region.code),
                geometry=outside,
                width_m=width,
                area_m2=outside.area,
            )
        ]


def shelves(regions: Sequence[Region], metric: Metric) -> Shelves:
    """Read the ground of `regions` into metres."""
    degrees = np.array(
        [shapely.from_wkb(bytes(region.geometry.wkb)) for region in regions], dtype=object
    )
    return Shelves(list(regions), metric.project(degrees) if len(degrees) else degrees)


def _unknown(code: str, link: str, area: BaseGeometry) -> Problem:
    return Problem(
        "unknown_region",
        f"所属辖区 {link or '（空）'} 不存在" if link else "没有写所属辖区",
        f"there is no region {link!r}",
        features=(code,),
        geometry=area,
    )


def _unknown_all(codes: Sequence[str], links: Sequence[str] | None, areas: Areas) -> list[Problem]:
    if links is None:
        return []
    rows = zip(codes, links, areas, strict=True)
    return [_unknown(code, link, area) for code, link, area in rows]
