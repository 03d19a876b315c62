"""How fast a district-day of tracks is measured on its grids, beside shapely's buffers.

    .venv/bin/python -m tests.bench.bench_coverage [--every 10] [--rounds 7] [--sample 40]

863 workers walk for 8 hours, one fix every 10 s: 2.5 million fixes. What is timed begins with
metres in memory, sorted by worker and time, and ends with a share for each grid. shapely buffers
the same tracks, unites them and intersects them with the grids, for a sample of workers in the same
run; both are asked for the grids of the sample with the same tracks, and must agree.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernel.coverage import ROW_M, Frame, Limits, Spans, frame_for, joined_to_previous, stamp
from gis.kernel.snap.metric import metres_per_degree
from tests.territory import Territory, make_territory

FloatArray = NDArray[np.float64]
WITHIN_M = 30.0
HOURS = 8
_T = TypeVar("_T")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--row-m", type=float, default=ROW_M)
    options, _ = parser.parse_known_args()
    grids = in_metres(make_territory())
    day = walk(grids, options.every)
    frame = frame_for(bounds_of(grids), within_m=WITHIN_M, row_m=options.row_m)
    build_s, spans = timed(lambda: Spans.build(grids, frame))
    print(
        f"{len(day.x):,} fixes, {len(grids)} grids of {shapely.area(grids).min() / 1e4:.0f}.."
        f"{shapely.area(grids).max() / 1e4:.0f} ha, D {WITHIN_M:g} m, rows of {frame.row_m:g} m, "
        f"bits of {frame.bit_m:g} m, canvas {frame.rows * frame.words * 8 / 1e6:.0f} MB, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"grids cut along the rows, once for an edition: {build_s:.2f} s, {len(spans.row):,}")
    canvas = frame.canvas()
    day.stamp(canvas, frame)
    stamps, counts = [], []
    for _ in range(options.rounds):
        canvas[:] = 0
        stamps.append(timed(lambda: day.stamp(canvas, frame))[0])
        counts.append(timed(lambda: spans.seen(canvas))[0])
    told("stamp of the district-day", stamps)
    told("count on every grid", counts)
    beside_shapely(grids, day, frame, options.sample)


class Day:
    """Tracks of a day: sorted by worker and time, metres."""

    def __init__(self, worker: NDArray[np.int64], x: FloatArray, y: FloatArray, every_s: int):
        self.worker, self.x, self.y = worker, x, y
        at = np.arange(len(x), dtype=np.float64) * every_s
        self.joined = joined_to_previous(worker, at, x, y, Limits())

    def stamp(self, canvas: NDArray[np.uint64], frame: Frame) -> None:
        stamp(canvas, frame, self.x, self.y, self.joined, within_m=WITHIN_M)

    def of(self, workers: NDArray[np.int64]) -> "Day":
        chosen = np.isin(self.worker, workers)
        day = Day(self.worker[chosen], self.x[chosen], self.y[chosen], 1)
        day.joined = self.joined[chosen]
        return day


def in_metres(territory: Territory) -> NDArray[np.object_]:
    """The grids on a plane of metres; any will do."""
    lon_m, lat_m = metres_per_degree(36.12)
    polygons = np.array(territory.polygons, dtype=object)
    return np.asarray(shapely.transform(polygons, lambda p: (p - (120.42, 36.05)) * (lon_m, lat_m)))


def bounds_of(grids: NDArray[np.object_]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(grids)
    return float(west), float(south), float(east), float(north)


def walk(grids: NDArray[np.object_], every_s: int) -> Day:
    """Each worker wanders in the box of their grid at a walk, with rests and a GPS's jitter."""
    chance = np.random.default_rng(20261124)
    steps, count = HOURS * 3600 // every_s, len(grids)
    heading = np.cumsum(chance.normal(0.0, 0.35, (count, steps)), axis=1)
    speed = 1.2 * (chance.random((count, steps)) > 0.3) * every_s
    boxes = shapely.bounds(grids)
    x = _folded(np.cumsum(speed * np.cos(heading), axis=1), boxes[:, 0], boxes[:, 2])
    y = _folded(np.cumsum(speed * np.sin(heading), axis=1), boxes[:, 1], boxes[:, 3])
    x, y = (z + chance.normal(0.0, 3.0, z.shape) for z in (x, y))
    worker = np.repeat(np.arange(count), steps)
    return Day(worker, x.reshape(-1), y.reshape(-1), every_s)


def _folded(along: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Walk on, and turn at the ends of low..high."""
    size = (high - low)[:, None]
    return np.asarray(low[:, None] + np.abs((along + size / 2) % (2 * size) - size))


def beside_shapely(grids: NDArray[np.object_], day: Day, frame: Frame, sample: int) -> None:
    chance = np.random.default_rng(1)
    chosen = np.sort(chance.choice(len(grids), sample, replace=False))
    few = day.of(chosen)
    spans = Spans.build(grids[chosen], frame)
    canvas = frame.canvas()
    ours_s = min(timed(lambda: few.stamp(canvas, frame))[0] for _ in range(5))
    ours = spans.seen(canvas)
    lines = tracks(few)
    theirs_s, seen = timed(lambda: shapely.union_all(shapely.buffer(lines, WITHIN_M, quad_segs=16)))
    begun = time.perf_counter()
    areas = shapely.area(shapely.intersection(grids[chosen], seen))
    theirs_s += time.perf_counter() - begun
    shares = areas / shapely.area(grids[chosen])
    error = 100 * (ours - shares)
    print(f"the tracks of {sample} workers, {len(few.x):,} fixes, on their grids:")
    print(
        f"    ours {ours_s * 1e3:.1f} ms; shapely {theirs_s:.2f} s: {theirs_s / ours_s:,.0f} times"
    )
    print(
        f"    seen {shares.min():.0%}..{shares.max():.0%}; differs by at most "
        f"{np.abs(error).max():.3f} points, {error.mean():+.4f} on average"
    )


def tracks(day: Day) -> NDArray[np.object_]:
    number = np.cumsum(~day.joined) - 1
    return np.asarray(shapely.linestrings(np.column_stack([day.x, day.y]), indices=number))


def timed(run: Callable[[], _T]) -> tuple[float, _T]:
    begun = time.perf_counter()
    made = run()
    return time.perf_counter() - begun, made


def told(name: str, seconds: list[float]) -> None:
    print(
        f"{name}: {statistics.median(seconds):.3f} s [{min(seconds):.3f}..{max(seconds):.3f}], "
        f"{len(seconds)} rounds, one thread"
    )


if __name__ == "__main__":
    main()
