"""A division closed in metres still matches when it is written in degrees."""

import numpy as np
import shapely

from gis.kernel.tessellation import realigned

# A long border of the first, and a vertex of the second a tenth of a millimetre across it.
WEST = shapely.Polygon([(120.0, 36.0), (120.01, 36.0), (120.01, 36.02), (120.0, 36.02)])
ACROSS_DEG = 9e-10
EAST = shapely.Polygon(
    [(120.01, 36.0), (120.02, 36.0), (120.02, 36.02), (120.01, 36.02), (120.01 - ACROSS_DEG, 36.01)]
)


def test_a_vertex_that_strayed_over_a_border_is_joined_to_it() -> None:
    areas = np.array([EAST, WEST], dtype=object)
    assert not shapely.coverage_is_valid(areas)
    mended = realigned(["b", "a"], areas)
    assert shapely.coverage_is_valid(mended)
    assert shapely.is_valid(mended).all()
    for before, after in zip(areas, mended, strict=True):
        assert shapely.hausdorff_distance(before, after) < 2 * ACROSS_DEG
    # What both claimed stays with the lowest code, wherever it stands in the list.
    assert mended[1].covers(shapely.Point(120.01 - ACROSS_DEG / 2, 36.01))


def test_what_matches_is_left_as_it_is() -> None:
    areas = np.array([WEST, shapely.box(120.01, 36.0, 120.02, 36.02)], dtype=object)
    assert realigned(["a", "b"], areas) is areas
