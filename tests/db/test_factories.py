"""The shared district is what its description says."""

from shapely import coverage_is_valid, from_wkb

from tests.factories import District


def test_the_district_tiles_without_gap_or_overlap(district: District) -> None:
    for grids, count in ((district.grids, 12), (district.old_grids, 6)):
        shapes = [from_wkb(bytes(grid.geometry.wkb)) for grid in grids.values()]
        assert len(shapes) == count
        assert coverage_is_valid(shapes, gap_width=1e-6)


def test_grids_nest_in_their_regions(district: District) -> None:
    for grid in district.grids.values():
        assert grid.region
        assert grid.region.parent
        assert grid.region.geometry.covers(grid.geometry)
        assert grid.region.parent.geometry.covers(grid.region.geometry)
        assert grid.code.startswith(grid.region.code)
