"""Groups of blocks hang together, and shares follow the work."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.kernel.errors import InvalidInput
from grids.demo.communities import share_out
from grids.demo.divide import Field, connected, divide, enclosed, nearest_seed

SIDE = 6


@pytest.fixture(scope="module")
def field() -> Field:
    """A board of 6 x 6 equal blocks."""
    return board()


def board() -> Field:
    centre = np.array([(i % SIDE, i // SIDE) for i in range(SIDE * SIDE)], dtype=float)
    border = [
        {j: 1.0 for j in range(SIDE * SIDE) if abs(centre[i] - centre[j]).sum() == 1.0}
        for i in range(SIDE * SIDE)
    ]
    rim = np.array([x in (0, SIDE - 1) or y in (0, SIDE - 1) for x, y in centre])
    return Field(centre, np.ones(SIDE * SIDE), border, rim)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 9), seed=st.integers(0, 1000))
def test_a_division_is_complete_contiguous_and_fairly_even(count: int, seed: int) -> None:
    field = board()
    groups = divide(field, range(36), count, np.random.default_rng(seed))
    assert sorted(b for group in groups for b in group) == list(range(36))
    assert len(groups) == count
    assert all(connected(field.border, group) for group in groups)
    assert max(map(len, groups)) <= 2 * 36 / count
    assert not enclosed(field, groups)


def test_fixed_blocks_stay_together(field: Field) -> None:
    fixed = [0, 1, 6, 7]
    groups = divide(field, range(36), 6, np.random.default_rng(1), fixed=fixed)
    assert set(fixed) <= set(groups[0])


def test_a_division_is_the_same_for_the_same_seed(field: Field) -> None:
    one, two = (divide(field, range(36), 5, np.random.default_rng(3)) for _ in range(2))
    assert one == two


def test_enclosure_is_seen(field: Field) -> None:
    inner = [14]
    assert enclosed(field, [inner, [b for b in range(36) if b != 14]])
    assert not enclosed(field, [[0], list(range(1, 36))])  # on the rim


def test_blocks_go_to_the_nearest_seed_along_the_ground(field: Field) -> None:
    owner = nearest_seed(field, range(36), [[0], [35]])
    assert owner[1] == 0
    assert owner[34] == 1
    assert len(owner) == 36


def test_a_greater_count_takes_nothing_away() -> None:
    work, room = np.array([5.0, 1.0, 9.0]), np.array([10, 10, 10])
    least = np.ones(3, dtype=np.intp)
    before = least
    for count in range(3, 25):
        shares = share_out(work, room, count, least)
        assert shares.sum() == count
        assert (shares >= before).all()
        before = shares


def test_too_many_grids_are_refused() -> None:
    with pytest.raises(InvalidInput, match="7 grids"):
        share_out(np.ones(2), np.array([3, 3]), 7, np.ones(2, dtype=np.intp))
