"""The other ways to find the grid of a point, each as strong as it gets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import geopandas
import numpy as np
import psycopg
import rtree
import shapely
from numpy.typing import NDArray

from gis.kernel.snap import SnapIndex
from tests.territory import Territory

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32] | NDArray[np.int64]

_GRIDS_FIRST = """
    SELECT point.id, grid.id FROM snap_bench_grid grid
    JOIN snap_bench_point point ON ST_Covers(grid.geom, point.geom)
"""
# LATERAL holds the planner to the order: for each point, the grids around it.
_POINTS_FIRST = """
    SELECT point.id, found.id FROM snap_bench_point point
    CROSS JOIN LATERAL (
        SELECT grid.id FROM snap_bench_grid grid WHERE ST_Covers(grid.geom, point.geom) OFFSET 0
    ) found
"""


@dataclass(frozen=True)
class Answer:
    """Pairs of point and polygon (both by place), out of `points` points."""

    point: IntArray
    polygon: IntArray
    points: int

    def lowest(self) -> NDArray[np.int64]:
        lowest = np.full(self.points, np.iinfo(np.int64).max)
        np.minimum.at(lowest, self.point, self.polygon)
        lowest[lowest == np.iinfo(np.int64).max] = -1
        return lowest


@dataclass(frozen=True)
class Contender:
    name: str
    points: int
    run: Callable[[], Answer]
    exact: bool = True


def contenders(
    territory: Territory,
    index: SnapIndex,
    lon: FloatArray,
    lat: FloatArray,
    slow: int,
    database: str,
) -> list[Contender]:
    """Return the index first, then the rest; the slow ones take only the first `slow` points."""
    order = np.argsort(territory.codes)
    polygons = np.array(territory.polygons, dtype=object)[order]
    few_lon, few_lat = lon[:slow], lat[:slow]
    return [
        *_ours(index, lon, lat),
        *_in_memory(polygons, lon, lat),
        _rtree(polygons, few_lon, few_lat),
        _duckdb(polygons, few_lon, few_lat),
        *_postgis(polygons, few_lon, few_lat, database),
    ]


def _ours(index: SnapIndex, lon: FloatArray, lat: FloatArray) -> Iterator[Contender]:
    every = np.arange(len(lon))

    def locate() -> Answer:
        found = index.locate_many(lon, lat)
        return Answer(every, found, len(lon))

    yield Contender("SnapIndex.locate_many, one thread", len(lon), locate)
    cells = index._tables.raster.reshape(-1)
    places = np.random.default_rng(1).integers(0, len(cells), len(lon))

    def take() -> Answer:
        return Answer(every, cells.take(places), len(lon))

    yield Contender("the limit: numpy.take of known cells", len(lon), take, exact=False)


def _in_memory(polygons: NDArray[np.object_], lon: FloatArray, lat: FloatArray) -> list[Contender]:
    points = np.asarray(shapely.points(lon, lat))
    # geopandas keeps the tree of a frame, so its rounds do not pay for building one; shapely's do.
    left = geopandas.GeoDataFrame(geometry=points)
    right = geopandas.GeoDataFrame(geometry=polygons)
    count = len(lon)

    def points_left(predicate: str) -> Answer:
        joined = geopandas.sjoin(left, right, predicate=predicate)
        return Answer(joined.index.to_numpy(), joined["index_right"].to_numpy(), count)

    def polygons_left(predicate: str) -> Answer:
        joined = geopandas.sjoin(right, left, predicate=predicate)
        return Answer(joined["index_right"].to_numpy(), joined.index.to_numpy(), count)

    def tree_of_points() -> Answer:
        polygon, point = shapely.STRtree(points).query(polygons, predicate="covers")
        return Answer(point, polygon, count)

    def tree_of_polygons() -> Answer:
        point, polygon = shapely.STRtree(polygons).query(points, predicate="covered_by")
        return Answer(point, polygon, count)

    return [
        Contender("geopandas.sjoin(grids, points, covers)", count, lambda: polygons_left("covers")),
        Contender(
            "geopandas.sjoin(grids, points, intersects)", count, lambda: polygons_left("intersects")
        ),
        Contender(
            "geopandas.sjoin(points, grids, covered_by)", count, lambda: points_left("covered_by")
        ),
        Contender(
            "geopandas.sjoin(points, grids, intersects)", count, lambda: points_left("intersects")
        ),
        Contender("shapely STRtree(points), covers", count, tree_of_points),
        Contender("shapely STRtree(grids), covered_by", count, tree_of_polygons),
    ]


def _rtree(polygons: NDArray[np.object_], lon: FloatArray, lat: FloatArray) -> Contender:
    boxes = shapely.bounds(polygons)
    tree = rtree.index.Index((k, tuple(box), None) for k, box in enumerate(boxes.tolist()))
    shapely.prepare(polygons)
    pairs = list(zip(lon.tolist(), lat.tolist(), strict=True))

    def run() -> Answer:
        found = [
            (row, k)
            for row, (x, y) in enumerate(pairs)
            for k in tree.intersection((x, y, x, y))
            if shapely.intersects_xy(polygons[k], x, y)
        ]
        point, polygon = np.array(found).T
        return Answer(point, polygon, len(pairs))

    return Contender("rtree + prepared shapely", len(pairs), run)


def _duckdb(polygons: NDArray[np.object_], lon: FloatArray, lat: FloatArray) -> Contender:
    [extension] = Path(str(duckdb_extension_spatial.__file__)).parent.rglob("*.duckdb_extension")
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"LOAD '{extension}'")
    grids = [(k, wkb) for k, wkb in enumerate(shapely.to_wkb(polygons).tolist())]
    connection.execute("CREATE TABLE raw (id INTEGER, wkb BLOB)")
    connection.executemany("INSERT INTO raw VALUES (?, ?)", grids)
    connection.execute("CREATE TABLE grid AS SELECT id, ST_GeomFromWKB(wkb) AS geom FROM raw")
    columns = {"id": np.arange(len(lon)), "lon": lon, "lat": lat}
    connection.register("columns", columns)
    connection.execute("CREATE TABLE point AS SELECT id, ST_Point(lon, lat) AS geom FROM columns")

    def run() -> Answer:
        rows = connection.execute(
            "SELECT point.id AS point, grid.id AS grid "
            "FROM point JOIN grid ON ST_Intersects(grid.geom, point.geom)"
        ).fetchnumpy()
        return Answer(rows["point"].astype(np.int64), rows["grid"].astype(np.int64), len(lon))

    return Contender("DuckDB spatial join, one thread", len(lon), run)


def _postgis(
    polygons: NDArray[np.object_], lon: FloatArray, lat: FloatArray, database: str
) -> list[Contender]:
    try:
        connection = psycopg.connect(database, connect_timeout=5, autocommit=True)
    except psycopg.Error as error:
        print(f"PostGIS left out, no connection: {str(error).splitlines()[0]}")
        return []
    grids = _hex(polygons)
    points = _hex(np.asarray(shapely.points(lon, lat)))
    for name, rows in (("snap_bench_grid", grids), ("snap_bench_point", points)):
        connection.execute(f"CREATE TEMP TABLE {name} (id int, geom geometry(Geometry, 4326))")
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            copy.write("".join(f"{k}\t{row}\n" for k, row in enumerate(rows)))
        connection.execute(f"CREATE INDEX ON {name} USING gist (geom)")
        connection.execute(f"ANALYZE {name}")
    # One thread, as for the others.
    connection.execute("SET max_parallel_workers_per_gather = 0")

    def join(query: str) -> Answer:
        rows = np.array(connection.execute(query).fetchall(), np.int64)
        return Answer(rows[:, 0], rows[:, 1], len(lon))

    return [
        Contender("PostGIS, grids first, GiST on points", len(lon), lambda: join(_GRIDS_FIRST)),
        Contender("PostGIS, points first, GiST on grids", len(lon), lambda: join(_POINTS_FIRST)),
    ]


def _hex(geometries: NDArray[np.object_]) -> list[str]:
    marked = shapely.set_srid(geometries, 4326)
    hexes: list[str] = np.asarray(shapely.to_wkb(marked, hex=True, include_srid=True)).tolist()
    return hexes
