"""What holds for the density of any points."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.kernel.density import Bounds, Edge, density

BOUNDS = Bounds(0.0, 0.0, 3000.0, 2000.0)
SHAPE = (40, 60)  # cells of 50 m
place = st.tuples(st.floats(-200, 3200), st.floats(-200, 2200), st.floats(0.1, 5.0))
places = st.lists(place, min_size=1, max_size=30)
bandwidths = st.floats(100.0, 500.0)


def surface(
    points: list[tuple[float, float, float]], bandwidth_m: float, edge: Edge = Edge.NONE
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    x, y, w = np.array(points).T
    return density(x, y, w, bandwidth_m=bandwidth_m, bounds_m=BOUNDS, shape=SHAPE, edge=edge)


@settings(max_examples=60, deadline=None)
@given(places, bandwidths)
def test_it_is_never_negative_and_holds_no_more_than_the_weights(
    points: list[tuple[float, float, float]], bandwidth_m: float
) -> None:
    found = surface(points, bandwidth_m)
    assert (found >= 0).all()
    # The module promises each cell to 2e-5 of the peak, and a sum over cells is no integral.
    assert found.sum() * 2500 <= sum(w for _, _, w in points) * (1 + 2e-5)


@settings(max_examples=60, deadline=None)
@given(places, places, bandwidths)
def test_it_adds_up(
    some: list[tuple[float, float, float]],
    more: list[tuple[float, float, float]],
    bandwidth_m: float,
) -> None:
    for edge in Edge:
        together = surface(some + more, bandwidth_m, edge)
        apart = surface(some, bandwidth_m, edge) + surface(more, bandwidth_m, edge)
        np.testing.assert_allclose(together, apart, rtol=1e-9, atol=1e-18)


@settings(max_examples=40, deadline=None)
@given(places, bandwidths)
def test_after_diggle_it_sums_to_the_weights_inside(
    points: list[tuple[float, float, float]], bandwidth_m: float
) -> None:
    inside = sum(w for x, y, w in points if 0 <= x <= 3000 and 0 <= y <= 2000)
    found = surface(points, bandwidth_m, Edge.DIGGLE).sum() * 2500
    assert abs(found - inside) <= 8e-3 * inside + 1e-12


@settings(max_examples=40, deadline=None)
@given(places, bandwidths)
def test_a_mirrored_pattern_gives_the_mirrored_surface(
    points: list[tuple[float, float, float]], bandwidth_m: float
) -> None:
    mirrored = [(3000 - x, y, w) for x, y, w in points]
    found = surface(points, bandwidth_m)
    difference = found - surface(mirrored, bandwidth_m)[:, ::-1]
    most = sum(w for _, _, w in points) / (2 * np.pi * bandwidth_m**2)
    assert np.abs(difference).max() <= 2e-5 * most
