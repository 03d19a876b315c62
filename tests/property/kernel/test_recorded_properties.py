"""The newest time of cells beside shapely's distances to the ways of a track."""

from typing import Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.kernel.recorded import Lattice, clusters, cut, stamp_newest

CELL_M, WITHIN_M = 50.0, 30.0
LATTICE = Lattice.over((500_010.0, 4_000_020.0, 500_900.0, 4_000_800.0), CELL_M, block=4)
# A distance this near to the limit may fall on either side of it.
DOUBT_M = 1e-6


@st.composite
def tracks(draw: st.DrawFn) -> tuple[Any, ...]:
    n = draw(st.integers(1, 12))
    metre = st.floats(-150, 1050, width=32)
    x = np.array(draw(st.lists(metre, min_size=n, max_size=n))) + 500_000
    y = np.array(draw(st.lists(metre, min_size=n, max_size=n))) + 4_000_000
    joined = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    joined[0] = False
    at = np.array(draw(st.lists(st.integers(1, 2**32 - 1), min_size=n, max_size=n)), np.uint32)
    return x, y, joined, at


def stamped(track: tuple[Any, ...], newest: Any = None) -> Any:
    x, y, joined, at = track
    found = LATTICE.blank() if newest is None else newest
    stamp_newest(found, LATTICE, x, y, joined, at, within_m=WITHIN_M)
    return found


@given(tracks())
def test_a_cell_holds_the_newest_way_within_reach(track: tuple[Any, ...]) -> None:
    x, y, joined, at = track
    before = np.arange(len(x)) - joined
    ways = shapely.linestrings(np.stack([x[before], x], 1), np.stack([y[before], y], 1))
    column, row = np.meshgrid(np.arange(LATTICE.columns), np.arange(LATTICE.rows))
    middles: Any = shapely.points(
        (column + LATTICE.column + 0.5) * CELL_M, (row + LATTICE.row + 0.5) * CELL_M
    )
    near = shapely.dwithin(middles[..., None], ways, WITHIN_M)
    expected = np.where(near, at, 0).max(axis=2)
    away = shapely.distance(middles[..., None], ways)
    sure = (np.abs(away - WITHIN_M) > DOUBT_M).all(axis=2)
    found = stamped(track)
    assert (found == expected)[sure].all()
    assert sure.mean() > 0.9


@given(tracks(), tracks())
def test_order_and_repetition_do_not_matter(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    forth, back = stamped(other, stamped(one)), stamped(one, stamped(other))
    assert (forth == back).all()
    assert (forth == np.maximum(stamped(one), stamped(other))).all()
    assert (stamped(one, forth.copy()) == forth).all()


@given(st.integers(3, 9), st.floats(20, 400), st.integers(0, 2**32 - 1))
def test_pieces_tile_the_ground(corners: int, size: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    angle = np.sort(chance.uniform(0, 2 * np.pi, corners))
    reach = size * chance.uniform(0.2, 1, corners)
    ground = shapely.Polygon(
        np.stack([500_400 + reach * np.cos(angle), 4_000_400 + reach * np.sin(angle)], 1)
    ).buffer(1)
    pieces = cut(ground, CELL_M)
    squares = shapely.box(
        pieces.column * CELL_M,
        pieces.row * CELL_M,
        (pieces.column + 1) * CELL_M,
        (pieces.row + 1) * CELL_M,
    )
    assert np.isclose(shapely.area(pieces.polygons).sum(), ground.area)
    assert shapely.area(shapely.difference(pieces.polygons, squares)).max() < 1e-6
    assert np.isclose(shapely.union_all(pieces.polygons).area, ground.area)


@given(
    st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.floats(0, 9)), max_size=60)
)
def test_every_cell_with_a_weight_is_in_one_cluster(cells: list[tuple[int, int, float]]) -> None:
    told = np.array(cells, np.float64).reshape(-1, 3)
    column, row = told[:, 0].astype(np.int64), told[:, 1].astype(np.int64)
    found = clusters(column, row, told[:, 2], span=5)
    members = np.concatenate([one.members for one in found] or [np.zeros(0, np.int64)])
    assert sorted(members.tolist()) == np.flatnonzero(told[:, 2] > 0).tolist()
    for one in found:
        assert one.middle in one.members
        assert np.ptp(column[one.members]) < 5
        assert np.ptp(row[one.members]) < 5
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)


def test_cells_outside_a_lattice_are_blank() -> None:
    newest = LATTICE.blank() + np.uint32(7)
    column = np.array([LATTICE.column - 1, LATTICE.column, LATTICE.column + LATTICE.columns])
    told = LATTICE.at(newest, column, np.full(3, LATTICE.row))
    assert told.tolist() == [0, 7, 0]
