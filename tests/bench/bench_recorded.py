"""How fast a district-day of tracks is stamped on the lattice of newest times, beside shapely.

    .venv/bin/python -m tests.bench.bench_recorded [--rounds 7] [--sample 20]

The tracks are those of `bench_coverage`: 863 workers for 8 hours, one fix every 10 s. What is timed
begins with metres in memory, sorted by worker and time. shapely asks which ways lie within the same
distance of which middles, for a sample of workers in the same run, and must agree.
"""

import argparse
import os

import numpy as np
import shapely

from gis.kernel.recorded import Lattice, stamp_newest
from tests.bench.bench_coverage import WITHIN_M, Day, bounds_of, in_metres, timed, told, walk
from tests.territory import make_territory

CELL_M, BLOCK = 50.0, 32


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sample", type=int, default=20)
    options, _ = parser.parse_known_args()
    grids = in_metres(make_territory())
    day = walk(grids, 10)
    lattice = Lattice.over(bounds_of(grids), CELL_M, block=BLOCK)
    print(
        f"{len(day.x):,} fixes, {lattice.rows} × {lattice.columns} cells of {CELL_M:g} m, "
        f"D {WITHIN_M:g} m, load {os.getloadavg()[0]:.1f}"
    )
    stamped(day, lattice)
    rounds = [timed(lambda: stamped(day, lattice))[0] for _ in range(options.rounds)]
    told("stamp of the district-day", rounds)
    beside_shapely(day, lattice, options.sample)


def seconds_of(day: Day) -> np.ndarray:
    return np.arange(1, len(day.x) + 1, dtype=np.uint32)


def stamped(day: Day, lattice: Lattice) -> np.ndarray:
    newest = lattice.blank()
    seconds = seconds_of(day)
    stamp_newest(newest, lattice, day.x, day.y, day.joined, seconds, within_m=WITHIN_M)
    return newest


def beside_shapely(day: Day, lattice: Lattice, sample: int) -> None:
    """The same for the first workers, by a tree of their ways."""
    part = day.of(np.unique(day.worker)[:sample])
    ours_s, newest = timed(lambda: stamped(part, lattice))
    column, row = (one.ravel() for one in np.meshgrid(*map(np.arange, newest.shape[::-1])))
    middles = shapely.points(
        (column + lattice.column + 0.5) * CELL_M, (row + lattice.row + 0.5) * CELL_M
    )

    def asked() -> np.ndarray:
        before = np.arange(len(part.x)) - part.joined
        x, y = np.stack([part.x[before], part.x], 1), np.stack([part.y[before], part.y], 1)
        ways = shapely.STRtree(np.asarray(shapely.linestrings(x, y)))
        cell, way = ways.query(middles, predicate="dwithin", distance=WITHIN_M)
        found = np.zeros(newest.size, np.uint32)
        np.maximum.at(found, cell, seconds_of(part)[way])
        return found.reshape(newest.shape)

    shapely_s, found = timed(asked)
    differ = int((found != newest).sum())
    print(
        f"{sample} workers: ours {ours_s * 1e3:.1f} ms, shapely {shapely_s:.2f} s, "
        f"{shapely_s / ours_s:,.0f} times; cells that differ: {differ}"
    )


if __name__ == "__main__":
    main()
