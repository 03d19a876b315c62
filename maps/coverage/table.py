"""Coverage as lines: of each grid, or of the ground of a region by the area of its grids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grids.choices import RegionLevel
from grids.models import Edition, Grid, Region
from patrols.selectors import CoverageRow

__all__ = ["SORTS", "Grade", "Level", "Line", "grade_of", "lines_of", "sorted_lines"]


class Level(StrEnum):
    """What a line is about."""

    GRID = "grid"
    COMMUNITY = "community"
    SUBDISTRICT = "subdistrict"


class Grade(StrEnum):
    """How exact positions were: by the share that was wrong by half of the distance at most."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"


# From these shares on.
_GOOD, _FAIR = 0.9, 0.7


@dataclass(frozen=True, slots=True)
class Line:
    """The share (0-1) of the area that was seen; `seen` of its `grids` have a position in them.

    `quality` is the share of the positions that were surely exact enough, None without any.
    """

    code: str
    name: str
    above: str
    share: float
    quality: float | None
    fixes: int
    seen: int
    grids: int
    area_m2: float

    @property
    def percent(self) -> float:
        """As every face says it: per cent, one decimal."""
        return round(100 * self.share, 1)

    @property
    def grade(self) -> Grade:
        return grade_of(self.quality)


def grade_of(quality: float | None) -> Grade:
    """The word for a quality."""
    if quality is None:
        return Grade.NONE
    return Grade.GOOD if quality >= _GOOD else Grade.FAIR if quality >= _FAIR else Grade.POOR


@dataclass(frozen=True, slots=True)
class _Ground:
    name: str
    area_m2: float
    community: tuple[str, str]
    subdistrict: tuple[str, str]


def lines_of(
    edition: Edition, rows: Iterable[CoverageRow], level: Level, region: str = ""
) -> list[Line]:
    """The lines of a level, by code; `region` (code of a subdistrict or community) narrows them.

    The share of a region is that of its area: each grid counts by its own.
    """
    grounds = _grounds(edition)
    mine = [
        (grounds[row.grid_code], row)
        for row in rows
        if row.grid_code in grounds and _is_in(grounds[row.grid_code], region)
    ]
    if level == Level.GRID:
        return [_line(row.grid_code, g.name, g.community[1], [(g, row)]) for g, row in mine]
    held: dict[tuple[str, str, str], list[tuple[_Ground, CoverageRow]]] = defaultdict(list)
    for ground, row in mine:
        code, name = getattr(ground, level.value)
        above = "" if level == Level.SUBDISTRICT else ground.subdistrict[1]
        held[code, name, above].append((ground, row))
    return [_line(*key, parts) for key, parts in sorted(held.items())]


def _line(code: str, name: str, above: str, parts: Sequence[tuple[_Ground, CoverageRow]]) -> Line:
    area = sum(ground.area_m2 for ground, _ in parts)
    fixes = sum(row.fixes for _, row in parts)
    exact = sum((row.quality or 0.0) * row.fixes for _, row in parts)
    return Line(
        code=code,
        name=name,
        above=above,
        share=sum(row.share * ground.area_m2 for ground, row in parts) / area,
        quality=exact / fixes if fixes else None,
        fixes=fixes,
        seen=sum(row.fixes > 0 for _, row in parts),
        grids=len(parts),
        area_m2=area,
    )


def _is_in(ground: _Ground, region: str) -> bool:
    return not region or region in (ground.community[0], ground.subdistrict[0])


def _grounds(edition: Edition) -> dict[str, _Ground]:
    """The grids of an edition, each with the regions it lies in; a grid may lie in one only."""
    regions = {
        one.pk: one for one in Region.objects.of(edition).defer("geometry").select_related(None)
    }
    rows = Grid.objects.of(edition).values_list("code", "name", "area_m2", "region_id")
    return {
        code: _Ground(name, area_m2, *_regions(regions.get(region), regions))
        for code, name, area_m2, region in rows
    }


def _regions(own: Region | None, regions: dict[int, Region]) -> tuple[tuple[str, str], ...]:
    nowhere = ("", "")
    if own is None:
        return nowhere, nowhere
    if own.level == RegionLevel.SUBDISTRICT:
        return nowhere, (own.code, own.name)
    parent = regions.get(own.parent_id) if own.parent_id else None
    return (own.code, own.name), (parent.code, parent.name) if parent else nowhere


SORTS: dict[str, Callable[[Line], Any]] = {
    "code": lambda line: line.code,
    "share": lambda line: line.share,
    "quality": lambda line: -1.0 if line.quality is None else line.quality,
    "fixes": lambda line: line.fixes,
    "area": lambda line: line.area_m2,
}


def sorted_lines(lines: Iterable[Line], sort: str) -> list[Line]:
    """By a name of `SORTS`, downwards with `-` before it; of equals by code."""
    downwards, key = sort.startswith("-"), SORTS[sort.removeprefix("-")]
    return sorted(sorted(lines, key=lambda line: line.code), key=key, reverse=downwards)
