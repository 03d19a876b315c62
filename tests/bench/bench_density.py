"""How fast and how exact the kernel density of many points is, beside other ways to it.

    .venv/bin/python -m tests.bench.bench_density [--points 100000] [--rounds 9]

All contenders answer in the same process in alternating rounds. The error is the largest
difference from the plain sum over all points, at 300 cells of which a third lie on the raster's
rim, as a share of the peak. Times are wall time on one core: trust the ratios.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gis.kernel.density import Bounds, density, density_at

FloatArray = NDArray[np.float64]
SIDE_M, CELLS, BANDWIDTH_M = 20_000.0, 1000, 300.0
CELL_M = SIDE_M / CELLS
BOUNDS = Bounds(0.0, 0.0, SIDE_M, SIDE_M)
ASKED = 300


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    options, _ = parser.parse_known_args()
    x, y, w = make_points(options.points)
    ways: dict[str, Callable[[], FloatArray]] = {
        "gis.kernel.density": lambda: density(
            x, y, w, bandwidth_m=BANDWIDTH_M, bounds_m=BOUNDS, shape=(CELLS, CELLS)
        ),
        "numpy FFT, linear bins, padded": lambda: by_fft(x, y, w, linear=True, pad=100),
        "numpy FFT, nearest bins, padded": lambda: by_fft(x, y, w, linear=False, pad=100),
        "numpy FFT, linear bins, no padding": lambda: by_fft(x, y, w, linear=True, pad=0),
    }
    surfaces = {name: way() for name, way in ways.items()}
    peak = float(surfaces["gis.kernel.density"].max())
    row, column = asked_cells(surfaces["gis.kernel.density"])
    at = (column + 0.5) * CELL_M, (row + 0.5) * CELL_M
    density_at([0.0], [0.0], x, y, w, bandwidth_m=BANDWIDTH_M)
    began = time.perf_counter()
    exact = density_at(*at, x, y, w, bandwidth_m=BANDWIDTH_M)
    each_s = (time.perf_counter() - began) / len(row)
    took = measured(ways, options.rounds)
    print(
        f"{options.points:,} points, {CELLS} × {CELLS} cells of {CELL_M:g} m, h {BANDWIDTH_M:g} m"
    )
    print(f"{'':36}{'median ms':>10}{'least ms':>10}{'largest error / peak':>22}")
    for name, times in took.items():
        error = float(np.abs(surfaces[name][row, column] - exact).max()) / peak
        print(
            f"{name:36}{statistics.median(times) * 1e3:10.1f}{min(times) * 1e3:10.1f}{error:22.1e}"
        )
    print(
        f"plain sum over all points: {each_s * 1e3:.2f} ms a cell, {each_s * CELLS**2:,.0f} s all"
    )


def make_points(count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sixty clusters of different width, some over the rim, with weights of 0.5 to 2."""
    chance = np.random.default_rng(20221020)
    middles, widths = chance.uniform(0, SIDE_M, (60, 2)), chance.uniform(100, 1500, 60)
    which = chance.integers(0, 60, count)
    around = chance.normal(0.0, 1.0, (count, 2)) * widths[which][:, None]
    x, y = (middles[which] + around).T
    return np.ascontiguousarray(x), np.ascontiguousarray(y), chance.uniform(0.5, 2.0, count)


def asked_cells(surface: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    chance = np.random.default_rng(1)
    row, column = chance.integers(0, CELLS, ASKED), chance.integers(0, CELLS, ASKED)
    row[:50], column[50:100] = 0, CELLS - 1
    row[-1], column[-1] = divmod(int(surface.argmax()), CELLS)
    return row, column


def by_fft(x: FloatArray, y: FloatArray, w: FloatArray, *, linear: bool, pad: int) -> FloatArray:
    """The usual way: bin with numpy, multiply spectra with that of the Gaussian."""
    size = CELLS + 2 * pad
    column, row = x / CELL_M - 0.5 + pad, y / CELL_M - 0.5 + pad
    if not linear:
        column, row = np.round(column), np.round(row)
    left, below = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    right, up = column - left, row - below
    counts = np.zeros(size * size)
    for i, share_y in ((0, 1 - up), (1, up)):
        for j, share_x in ((0, 1 - right), (1, right)):
            held = (left + j >= 0) & (left + j < size) & (below + i >= 0) & (below + i < size)
            where = ((below + i) * size + left + j)[held]
            counts += np.bincount(where, (w * share_x * share_y)[held], size * size)
    spectrum = np.fft.rfft2(counts.reshape(size, size))
    damp = -2.0 * (np.pi * BANDWIDTH_M / CELL_M) ** 2
    spectrum *= np.exp(damp * np.fft.rfftfreq(size) ** 2)
    spectrum *= np.exp(damp * np.fft.fftfreq(size) ** 2)[:, None]
    surface = np.fft.irfft2(spectrum, (size, size)) / CELL_M**2
    return np.asarray(surface[pad : pad + CELLS, pad : pad + CELLS])


def measured(ways: dict[str, Callable[[], FloatArray]], rounds: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    main()
