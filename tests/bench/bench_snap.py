"""How fast points find their grid, beside everything else that could do it.

    .venv/bin/python -m tests.bench.bench_snap [--points 1000000] [--rounds 5] [--slow-points 20000]

All contenders answer in the same process in alternating rounds on the same unsorted points, already
in memory (for the databases: in an indexed table). Each answer is checked against the index before
it is timed; the time is wall time, so trust the ratios inside one table.
"""

import argparse
import os
import pickle
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gis.ground import paths
from gis.kernel.snap import SnapIndex
from tests.bench.snap_contenders import Answer, contenders
from tests.territory import Territory, clustered_points, make_territory


def main() -> None:
    """Print the tables."""
    options = _options()
    territory = make_territory()
    index = _show_build(territory)
    lon, lat = clustered_points(territory, options.points)
    _show_bulk(territory, index, lon, lat, options)
    _show_single(index, lon, lat)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--slow-points", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    database = os.environ.get("DATABASE_URL") or paths.database_url()
    parser.add_argument("--database", default=database)
    return parser.parse_args()


def _show_build(territory: Territory) -> SnapIndex:
    start = time.perf_counter()
    index = SnapIndex.build(territory.polygons, territory.codes)
    first_s = time.perf_counter() - start
    times_s = [_time(lambda: SnapIndex.build(territory.polygons, territory.codes)) for _ in "12345"]
    print(f"\n{len(territory.polygons)} grids, python {sys.version.split()[0]}, load {_load()}")
    print(
        f"build {statistics.median(times_s):.2f} s [{min(times_s):.2f}..{max(times_s):.2f}] "
        f"({first_s:.1f} s the first time in a process, with loading or compiling); "
        f"{index.nbytes / 1e6:.1f} MB in memory, {len(pickle.dumps(index)) / 1e6:.1f} MB pickled"
    )
    return index


def _show_bulk(
    territory: Territory,
    index: SnapIndex,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    options: argparse.Namespace,
) -> None:
    found = index.locate_many(lon, lat)
    entries = contenders(territory, index, lon, lat, options.slow_points, options.database)
    for entry in entries:
        wrong = _differences(entry.run(), found) if entry.exact else 0
        if wrong:
            raise SystemExit(f"{entry.name} differs for {wrong} points")
    times: dict[str, list[float]] = {entry.name: [] for entry in entries}
    for _ in range(options.rounds):
        for entry in entries:
            # Time per point, so that the slow ones may take fewer points.
            times[entry.name].append(_time(entry.run) / entry.points)
    ours = times[entries[0].name]
    print(f"\n{options.points:,} unsorted points, {options.rounds} alternating rounds, wall time")
    print(f"{'':44}{'ns/point':>9}{'[min':>9}{'max]':>9}{'M/s':>8}{'index is':>10}{'points':>10}")
    for entry in entries:
        per = times[entry.name]
        median = statistics.median(per)
        ratio = statistics.median(b / a for a, b in zip(ours, per, strict=True))
        print(
            f"{entry.name:44}{median * 1e9:9.1f}{min(per) * 1e9:9.1f}{max(per) * 1e9:9.1f}"
            f"{1e-6 / median:8.2f}{ratio:9.2f}x{entry.points:10,}"
        )
    print(f"load {_load()}; every exact contender gave the answers of the index")


def _show_single(
    index: SnapIndex, lon: NDArray[np.float64], lat: NDArray[np.float64], count: int = 50_000
) -> None:
    rows = [
        ("locate", index.locate, count),
        ("covering", index.covering, count),
        ("answer, accuracy 30 m, tolerance 50 m", _answer_of(index), count // 20),
    ]
    print(f"\none point at a time{'':19}{'p50 µs':>9}{'p99 µs':>9}{'points':>10}")
    for name, ask, points in rows:
        took = np.empty(points)
        pairs = zip(lon[:points].tolist(), lat[:points].tolist(), strict=True)
        for k, (x, y) in enumerate(pairs):
            start = time.perf_counter_ns()
            ask(x, y)
            took[k] = time.perf_counter_ns() - start
        p50, p99 = np.percentile(took, [50, 99]) / 1e3
        print(f"{name:38}{p50:9.1f}{p99:9.1f}{points:10,}")


def _answer_of(index: SnapIndex) -> Callable[[float, float], object]:
    return lambda x, y: index.answer(x, y, accuracy_m=30.0, tolerance_m=50.0)


def _differences(answer: Answer, found: NDArray[np.int32]) -> int:
    """Count points whose lowest covering polygon is another than the index says."""
    lowest = answer.lowest()
    return int((lowest != found[: len(lowest)]).sum())


def _time(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
