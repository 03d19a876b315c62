"""Kernel density against closed forms, against the plain sum, and at its edges."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gis.kernel.density import Bounds, Edge, density, density_at, esri_m, scott_m, silverman_m
from gis.kernel.errors import InvalidInput

FloatArray = NDArray[np.float64]

# Four points in a square of a kilometre, one of them on a corner; h = 100 m. The figures follow
# from the normal distribution function; spatstat gives the same.
SQUARE = Bounds(0.0, 0.0, 1000.0, 1000.0)
X = np.array([0.0, 500.0, 950.0, 100.0])
Y = np.array([0.0, 500.0, 500.0, 900.0])
MASS = [0.25, 0.99999885, 0.69146206, 0.70786098]
UNIFORM = [6.366198e-5, 1.591615e-5, 2.301808e-5, 2.248393e-5]
DIGGLE = [6.366198e-5, 1.591644e-5, 2.301780e-5, 2.248393e-5]


def at_the_points(edge: Edge) -> FloatArray:
    return density_at(X, Y, X, Y, bandwidth_m=100.0, bounds_m=SQUARE, edge=edge)


@pytest.mark.parametrize(
    ("edge", "expected"), [(Edge.UNIFORM, UNIFORM), (Edge.DIGGLE, DIGGLE)], ids=str
)
def test_corrections_at_the_points_are_the_closed_form(edge: Edge, expected: list[float]) -> None:
    assert at_the_points(edge) == pytest.approx(expected, rel=1e-6)


def test_the_mass_inside_is_the_closed_form() -> None:
    shares = [
        density([x], [y], bandwidth_m=100.0, bounds_m=SQUARE, shape=(500, 500)).mean() * 1e6
        for x, y in zip(X, Y, strict=True)
    ]
    assert shares == pytest.approx(MASS, abs=2e-5)  # the midpoint rule


@pytest.mark.parametrize(
    ("edge", "total"), [(Edge.NONE, 2.649321), (Edge.UNIFORM, 3.45), (Edge.DIGGLE, 4.0)], ids=str
)
def test_what_a_corrected_surface_sums_to(edge: Edge, total: float) -> None:
    surface = density(X, Y, bandwidth_m=100.0, bounds_m=SQUARE, shape=(400, 400), edge=edge)
    assert surface.mean() * 1e6 == pytest.approx(total, abs=5e-3 if edge is Edge.UNIFORM else 5e-5)


@pytest.mark.parametrize("edge", list(Edge), ids=str)
@pytest.mark.parametrize("bandwidth_m", [300.0, 60.0])
def test_the_raster_is_the_plain_sum_edges_included(edge: Edge, bandwidth_m: float) -> None:
    chance = np.random.default_rng(7)
    bounds = Bounds(500_000.0, 4_000_000.0, 510_000.0, 4_006_000.0)
    x = chance.uniform(bounds.west - 1000, bounds.east + 1000, 3000)
    y = chance.uniform(bounds.south - 1000, bounds.north + 1000, 3000)
    w = chance.uniform(0.2, 3.0, 3000)
    rows, cols = 120, 200  # cells of 50 m
    surface = density(
        x, y, w, bandwidth_m=bandwidth_m, bounds_m=bounds, shape=(rows, cols), edge=edge
    )
    row = np.concatenate([np.zeros(cols, int), np.full(cols, rows - 1), np.arange(rows)])
    col = np.concatenate([np.arange(cols), np.arange(cols), np.zeros(rows, int)])
    row = np.concatenate([row, chance.integers(0, rows, 300)])
    col = np.concatenate([col, chance.integers(0, cols, 300)])
    at = bounds.west + (col + 0.5) * 50.0, bounds.south + (row + 0.5) * 50.0
    exact = density_at(*at, x, y, w, bandwidth_m=bandwidth_m, bounds_m=bounds, edge=edge)
    assert np.abs(surface[row, col] - exact).max() / surface.max() < 2e-5


def test_one_point_is_a_gaussian_of_that_standard_deviation_in_metres() -> None:
    bounds = Bounds(-1000.0, -500.0, 1000.0, 500.0)
    surface = density([0.0], [0.0], [2.0], bandwidth_m=120.0, bounds_m=bounds, shape=(101, 201))
    assert surface[50, 100] == pytest.approx(2.0 / (2 * math.pi * 120.0**2), rel=1e-5)
    assert int(surface.argmax()) == 50 * 201 + 100


def test_rows_run_from_south_to_north_and_cells_need_not_be_square() -> None:
    bounds = Bounds(0.0, 0.0, 1000.0, 2000.0)
    surface = density([900.0], [100.0], bandwidth_m=200.0, bounds_m=bounds, shape=(40, 50))
    assert surface.shape == (40, 50)
    row, column = np.unravel_index(surface.argmax(), surface.shape)
    assert row in {1, 2}
    assert column in {44, 45}


def test_points_beyond_the_bounds_count_unless_edges_are_corrected() -> None:
    outside = {"bandwidth_m": 100.0, "bounds_m": SQUARE, "shape": (50, 50)}
    assert density([-50.0], [500.0], **outside).max() > 1e-5  # type: ignore[arg-type]
    assert density([-50.0], [500.0], edge=Edge.DIGGLE, **outside).max() == 0.0  # type: ignore[arg-type]
    assert density([-5000.0, 1e9], [500.0, -1e9], **outside).max() == 0.0  # type: ignore[arg-type]


def test_no_points_give_an_empty_surface() -> None:
    assert not density([], [], bandwidth_m=100.0, bounds_m=SQUARE, shape=(20, 20)).any()


def test_bandwidths_of_five_points() -> None:
    x, y = [0.0, 100.0, 0.0, 300.0, 250.0], [0.0, 0.0, 200.0, 100.0, 250.0]
    assert scott_m(x, y) == pytest.approx((106.78796, 87.19201), abs=1e-5)
    assert silverman_m(x, y) == scott_m(x, y)
    assert esri_m(x, y) == pytest.approx(105.18049, abs=1e-5)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"bandwidth_m": 0.0}, "bandwidth_m"),
        ({"bandwidth_m": math.nan}, "bandwidth_m"),
        ({"bandwidth_m": 0.01}, "bandwidth_m"),
        ({"bandwidth_m": -9.0}, "bandwidth_m"),
        ({"shape": (0, 10)}, "shape"),
        ({"x_m": [math.inf]}, "x_m"),
        ({"x_m": [1.0, 2.0]}, "x_m"),
        ({"weights": [math.nan]}, "weights"),
    ],
)
def test_unusable_values_are_named(changed: dict[str, object], field: str) -> None:
    asked: dict[str, object] = {
        "x_m": [1.0],
        "y_m": [1.0],
        "bandwidth_m": 100.0,
        "bounds_m": SQUARE,
        "shape": (50, 50),
        **changed,
    }
    with pytest.raises(InvalidInput) as refused:
        density(**asked)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_bounds_must_be_an_area() -> None:
    for edges in [(0.0, 0.0, 0.0, 1.0), (0.0, 1.0, 1.0, 0.0), (0.0, 0.0, math.nan, 1.0)]:
        with pytest.raises(InvalidInput):
            Bounds(*edges)
    with pytest.raises(InvalidInput):
        density_at([0.0], [0.0], [0.0], [0.0], bandwidth_m=1.0, edge=Edge.UNIFORM)
    with pytest.raises(InvalidInput):
        scott_m([1.0], [1.0])
