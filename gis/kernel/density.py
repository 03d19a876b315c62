"""Kernel density of points on the plane, with its bandwidth in metres.

A Gaussian kernel, isotropic, of standard deviation h. Points are shared among the sixteen nodes
around them of a lattice whose step is S = h/6, by cubic B-splines; the lattice is convolved with a
sampled Gaussian, one axis after the other; and the centres of the raster's cells read it through
the same splines. Each passage through the splines widens every point by the variance S²/3, wherever
it lies, so the kernel is made narrower by both: σ² = h² − 2S²/3. What is left is of fourth order,
(S/h)⁴/120 ≈ 6e-6 of a point's own peak. (Linear binning widens a point by nothing at a node and by
S²/4 between two: there no constant can correct it.) The work does not grow with h in cells. The
lattice is padded by the reach of the kernel: points just outside count, and nothing wraps around.

Sources: M. P. Wand, "Fast computation of multivariate kernel estimators", J. Comp. Graph. Stat. 3
(1994), for binned estimators; I. J. Schoenberg, Quart. Appl. Math. 4 (1946), for the splines;
P. J. Diggle, Appl. Statist. 34 (1985), and M. C. Jones, Statist. Comput. 3 (1993), for the edges;
B. W. Silverman, "Density estimation" (1986), 4.14, for the bandwidths.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from gis.kernel.errors import InvalidInput

__all__ = ["Bounds", "Edge", "density", "density_at", "esri_m", "scott_m", "silverman_m"]

FloatArray = NDArray[np.float64]

REACH = 5.0  # standard deviations; beyond them lies 6e-7 of a Gaussian's mass
FINENESS = 6  # steps of the lattice in a bandwidth
_MOST_NODES = 25_000_000
_BESIDE = 3  # nodes that splines need around the bounds
_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """Compile on first use for sums whose order does not matter, and keep the machine code."""
    return cast(_F, njit(cache=True, nogil=True, fastmath=True)(function))


class Edge(StrEnum):
    """What is done about the part of each kernel that lies outside the bounds."""

    NONE = "none"
    UNIFORM = "uniform"  # the sum at u is divided by the mass of a kernel at u inside the bounds
    DIGGLE = "diggle"  # each point is divided by the mass of its own kernel: sums to the weights


@dataclass(frozen=True)
class Bounds:
    """West, south, east, north in metres of a metric plane."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        edges = (self.west, self.south, self.east, self.north)
        if not all(math.isfinite(edge) for edge in edges):
            raise InvalidInput("范围必须是有限数 (bounds must be finite)", "bounds_m")
        if not (self.west < self.east and self.south < self.north):
            raise InvalidInput("范围为空 (bounds are empty)", "bounds_m")

    def holds(self, x_m: FloatArray, y_m: FloatArray) -> NDArray[np.bool_]:
        inside = (x_m >= self.west) & (x_m <= self.east) & (y_m >= self.south) & (y_m <= self.north)
        return np.asarray(inside)


def density(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    bandwidth_m: float,
    bounds_m: Bounds,
    shape: tuple[int, int],
    edge: Edge = Edge.NONE,
) -> FloatArray:
    """Return the density per m² at the centres of a raster's cells, (rows, cols), south first.

    x_m, y_m: (n,) metres; weights: (n,), one each by default. Points outside `bounds_m` count while
    their kernel reaches inside; with an edge correction they do not, because it supposes that
    nothing is known beyond. Within 2e-5 of the peak of the exact sum, for any cells.
    Raises `InvalidInput` for unusable values and for a bandwidth too small for so wide bounds.
    """
    x, y, w = _points(x_m, y_m, weights)
    rows, cols = shape
    if rows < 1 or cols < 1:
        raise InvalidInput("栅格至少一行一列 (a raster has at least one cell)", "shape")
    cell = (bounds_m.east - bounds_m.west) / cols, (bounds_m.north - bounds_m.south) / rows
    _check_bandwidth(bandwidth_m)
    if edge is not Edge.NONE:
        x, y, w = _only_inside(x, y, w, bounds_m)
    if edge is Edge.DIGGLE:
        w = w / _mass(x, y, bandwidth_m, bounds_m)
    surface = np.empty((rows, cols))
    _read(_lattice(x, y, w, bandwidth_m, bounds_m), cell[0], cell[1], _step_m(bandwidth_m), surface)
    if edge is Edge.UNIFORM:
        middle_x = np.asarray(bounds_m.west + (np.arange(cols) + 0.5) * cell[0], dtype=np.float64)
        middle_y = np.asarray(bounds_m.south + (np.arange(rows) + 0.5) * cell[1], dtype=np.float64)
        surface /= _share(middle_x, bandwidth_m, bounds_m.west, bounds_m.east)
        surface /= _share(middle_y, bandwidth_m, bounds_m.south, bounds_m.north)[:, None]
    return surface


def density_at(
    at_x_m: ArrayLike,
    at_y_m: ArrayLike,
    x_m: ArrayLike,
    y_m: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    bandwidth_m: float,
    bounds_m: Bounds | None = None,
    edge: Edge = Edge.NONE,
) -> FloatArray:
    """Return the exact density per m² at the places asked, (m,): every point is summed.

    A correction needs `bounds_m`, and is given for places inside. Takes m × n exponentials.
    Raises `InvalidInput` for unusable values.
    """
    x, y, w = _points(x_m, y_m, weights)
    at_x, at_y, _ = _points(at_x_m, at_y_m, None)
    _check_bandwidth(bandwidth_m)
    if edge is not Edge.NONE:
        if bounds_m is None:
            raise InvalidInput("边缘校正需要范围 (a correction needs bounds)", "bounds_m")
        x, y, w = _only_inside(x, y, w, bounds_m)
    if edge is Edge.DIGGLE and bounds_m is not None:
        w = w / _mass(x, y, bandwidth_m, bounds_m)
    found = _sum_exactly(at_x, at_y, x, y, w, bandwidth_m)
    if edge is Edge.UNIFORM and bounds_m is not None:
        found = found / _mass(at_x, at_y, bandwidth_m, bounds_m)
    return np.asarray(found)


def scott_m(x_m: ArrayLike, y_m: ArrayLike) -> tuple[float, float]:
    """Return Scott's bandwidth of each axis in metres: n^(−1/6) standard deviations."""
    x, y, _ = _points(x_m, y_m, None)
    if len(x) < 2:
        raise InvalidInput("至少两个点 (two points at least)", "x_m")
    factor = len(x) ** (-1.0 / 6.0)
    return factor * float(x.std(ddof=1)), factor * float(y.std(ddof=1))


def silverman_m(x_m: ArrayLike, y_m: ArrayLike) -> tuple[float, float]:
    """Return Silverman's bandwidth of each axis: in two dimensions his factor is Scott's."""
    return scott_m(x_m, y_m)


def esri_m(x_m: ArrayLike, y_m: ArrayLike) -> float:
    """Return one bandwidth in metres that outliers move little (Esri's rule for Kernel Density).

    0.9 · min(standard distance, median distance from the mean centre · √(1/ln 2)) · n^(−1/5).
    """
    x, y, _ = _points(x_m, y_m, None)
    if len(x) < 2:
        raise InvalidInput("至少两个点 (two points at least)", "x_m")
    away = np.hypot(x - x.mean(), y - y.mean())
    spread = math.sqrt(float(np.mean(away**2)))
    median = float(np.median(away)) * math.sqrt(1.0 / math.log(2.0))
    return float(0.9 * min(spread, median) * len(x) ** -0.2)


def _points(
    x_m: ArrayLike, y_m: ArrayLike, weights: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    w = np.ones(x.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or x.shape != w.shape:
        raise InvalidInput("x、y 与权重须等长 (x, y and weights must be of one length)", "x_m")
    for name, values in (("x_m", x), ("y_m", y), ("weights", w)):
        if not np.isfinite(values).all():
            raise InvalidInput("必须是有限数 (must be finite)", name)
    return x, y, w


def _check_bandwidth(bandwidth_m: float) -> None:
    if not (math.isfinite(bandwidth_m) and bandwidth_m > 0):
        raise InvalidInput("带宽须为正的米数 (a positive number of metres)", "bandwidth_m")


def _only_inside(
    x: FloatArray, y: FloatArray, w: FloatArray, bounds: Bounds
) -> tuple[FloatArray, FloatArray, FloatArray]:
    inside = bounds.holds(x, y)
    return x[inside], y[inside], w[inside]


def _share(at: FloatArray, sigma: float, low: float, high: float) -> FloatArray:
    """Return the mass between low and high of a Gaussian around each value of `at`."""
    root = sigma * math.sqrt(2.0)
    return np.array([0.5 * (math.erf((high - v) / root) - math.erf((low - v) / root)) for v in at])


def _mass(x: FloatArray, y: FloatArray, sigma: float, bounds: Bounds) -> FloatArray:
    across = _share(x, sigma, bounds.west, bounds.east)
    return np.asarray(across * _share(y, sigma, bounds.south, bounds.north))


def _step_m(bandwidth_m: float) -> float:
    return bandwidth_m / FINENESS


def _lattice(
    x: FloatArray, y: FloatArray, w: FloatArray, bandwidth_m: float, bounds: Bounds
) -> FloatArray:
    """Return the convolved lattice; its node (3, 3) is the south-west corner of the bounds."""
    step = _step_m(bandwidth_m)
    across = math.ceil((bounds.east - bounds.west) / step) + 1 + 2 * _BESIDE
    up = math.ceil((bounds.north - bounds.south) / step) + 1 + 2 * _BESIDE
    taps = _taps(step)
    pad = len(taps) - 1
    size = up + 2 * pad, across + 2 * pad
    if size[0] * size[1] > _MOST_NODES:
        raise InvalidInput(
            "带宽相对范围过小 (the bandwidth is too small for so wide bounds)", "bandwidth_m"
        )
    binned = np.zeros(size)
    offset = pad + _BESIDE
    _bin((x - bounds.west) / step + offset, (y - bounds.south) / step + offset, w, binned)
    nodes = np.empty((up, across))
    _convolve(binned, taps, nodes)
    return nodes


def _taps(step_m: float) -> FloatArray:
    """Return the sampled kernel from its middle outwards, per metre; the sampling sums to one."""
    sigma = math.sqrt(FINENESS**2 - 2.0 / 3.0)  # in steps
    taps = np.exp(-0.5 * (np.arange(math.ceil(REACH * sigma) + 1) / sigma) ** 2)
    return np.asarray(taps / ((2.0 * taps[1:].sum() + taps[0]) * step_m))


@compiled
def _spline(part: float, share: FloatArray) -> None:
    """Fill in the cubic B-spline at the four nodes around `part`, 0–1 after the second of them."""
    rest = 1.0 - part
    share[0] = rest * rest * rest / 6.0
    share[1] = 2.0 / 3.0 - part * part * (2.0 - part) / 2.0
    share[2] = 2.0 / 3.0 - rest * rest * (2.0 - rest) / 2.0
    share[3] = part * part * part / 6.0


@compiled
def _bin(column: FloatArray, row: FloatArray, weights: FloatArray, binned: FloatArray) -> None:
    """Share each weight among the 4 × 4 nodes around it; what lies off the lattice is left out."""
    rows, cols = binned.shape
    along, upward = np.empty(4), np.empty(4)
    for point in range(len(column)):
        left, below = math.floor(column[point]), math.floor(row[point])
        if left < 1 or below < 1 or left > cols - 3 or below > rows - 3:
            continue
        _spline(column[point] - left, along)
        _spline(row[point] - below, upward)
        i, j = int(below) - 1, int(left) - 1
        for k in range(4):
            weight = weights[point] * upward[k]
            for m in range(4):
                binned[i + k, j + m] += weight * along[m]


@compiled
def _convolve(binned: FloatArray, taps: FloatArray, nodes: FloatArray) -> None:
    """Convolve with both halves of a symmetric kernel; `nodes` is the middle of `binned`."""
    rows, cols = nodes.shape
    pad = len(taps) - 1
    line = np.empty(cols + 2 * pad)
    for i in range(rows):
        line[:] = taps[0] * binned[i + pad]
        for k in range(1, pad + 1):
            tap = taps[k]
            below, above = binned[i + pad - k], binned[i + pad + k]
            for j in range(len(line)):
                line[j] += tap * (below[j] + above[j])
        out = nodes[i]
        for j in range(cols):
            out[j] = taps[0] * line[j + pad]
        for k in range(1, pad + 1):
            tap = taps[k]
            left, right = line[pad - k :], line[pad + k :]
            for j in range(cols):
                out[j] += tap * (left[j] + right[j])


@compiled
def _read(
    nodes: FloatArray, width_m: float, height_m: float, step_m: float, surface: FloatArray
) -> None:
    """Read the lattice at the centres of cells of `width_m` × `height_m`."""
    rows, cols = surface.shape
    share = np.empty(4)
    across = np.empty((len(nodes), cols))
    for j in range(cols):
        at = (j + 0.5) * width_m / step_m + _BESIDE
        first = int(at)
        _spline(at - first, share)
        for i in range(len(nodes)):
            near, far = nodes[i, first - 1 : first + 1], nodes[i, first + 1 : first + 3]
            across[i, j] = (
                share[0] * near[0] + share[1] * near[1] + share[2] * far[0] + share[3] * far[1]
            )
    for i in range(rows):
        at = (i + 0.5) * height_m / step_m + _BESIDE
        first = int(at)
        _spline(at - first, share)
        south, below = across[first - 1], across[first]
        above, north = across[first + 1], across[first + 2]
        out = surface[i]
        for j in range(cols):
            out[j] = (
                share[0] * south[j]
                + share[1] * below[j]
                + share[2] * above[j]
                + share[3] * north[j]
            )


@compiled
def _sum_exactly(
    at_x: FloatArray, at_y: FloatArray, x: FloatArray, y: FloatArray, w: FloatArray, sigma: float
) -> FloatArray:
    found = np.empty(len(at_x))
    scale = -0.5 / (sigma * sigma)
    for place in range(len(at_x)):
        total = 0.0
        for point in range(len(x)):
            dx, dy = x[point] - at_x[place], y[point] - at_y[place]
            total += w[point] * math.exp(scale * (dx * dx + dy * dy))
        found[place] = total / (2.0 * math.pi * sigma * sigma)
    return found
