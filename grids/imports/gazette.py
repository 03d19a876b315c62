"""An edition made ready for snapping many points."""

from gis.kernel.errors import InvalidInput
from grids.choices import RegionLevel
from grids.imports.snap_table import Gazette
from grids.models import Edition, Grid, Place
from grids.selectors.snapping import build_index

__all__ = ["edition_of", "gazette_of", "place_of"]


def place_of(code: str) -> Place:
    """The place of that code. Raises `InvalidInput` naming the ones there are."""
    place = Place.objects.filter(code=code).first()
    if place is None:
        codes = "、".join(Place.objects.values_list("code", flat=True)[:20]) or "无 (none)"
        raise InvalidInput(f"没有地区 {code}；有：{codes} (no such place)", "place")
    return place


def edition_of(place: Place, name: str | None) -> Edition:
    """The edition of that name, or the one in force. Raises `InvalidInput` if there is none."""
    editions = Edition.objects.filter(place=place).select_related("place")
    edition = editions.filter(name=name).first() if name else editions.in_force(place)
    if edition is None:
        names = "、".join(editions.values_list("name", flat=True)) or "无 (none)"
        raise InvalidInput(
            f"{place.name} 没有{f'区划版本 {name}' if name else '现行区划'}；有：{names}"
            " (no such edition)",
            "edition",
        )
    return edition


def gazette_of(edition: Edition) -> Gazette:
    """Index `edition` and read the names of its grids. Raises `InvalidInput` without grids."""
    index = build_index(edition)
    if index is None:
        raise InvalidInput(f"区划 {edition.name} 没有网格 (the edition has no grids)", "edition")
    rows = Grid.objects.of(edition).select_related("region__parent").defer("geometry")
    labels = {grid.code: _label(grid) for grid in rows}
    return Gazette(
        index=index,
        labels=[labels[code] for code in index.codes],
        tolerance_m=edition.place.snap_tolerance_m,
    )


def _label(grid: Grid) -> tuple[str, str, str]:
    region = grid.region
    if region is None:
        return grid.name, "", ""
    if region.level == RegionLevel.SUBDISTRICT:
        return grid.name, "", region.code
    return grid.name, region.code, region.parent.code if region.parent else ""
