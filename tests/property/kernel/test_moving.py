"""Points that move: always what looking at each of them would find."""

import math

from hypothesis import given
from hypothesis import strategies as st

from gis.kernel.moving import MovingPoints

# A coarse lattice: many equal distances, and many points in one spot.
COORDINATE = st.one_of(
    st.integers(0, 6).map(float), st.floats(0, 6, allow_nan=False, allow_subnormal=False)
)
STEP = st.tuples(st.integers(0, 30), st.one_of(st.none(), st.tuples(COORDINATE, COORDINATE)))


@given(
    st.lists(STEP, max_size=120), st.tuples(COORDINATE, COORDINATE), st.integers(0, 12),
    st.sets(st.integers(0, 30)), st.sampled_from([0.0, 4_000_000.0]),
)  # fmt: skip
def test_the_nearest_are_those_of_a_look_at_each(
    steps: list[tuple[int, tuple[float, float] | None]],
    at: tuple[float, float],
    n: int,
    unwanted: set[int],
    offset: float,
) -> None:
    points, held = MovingPoints(), dict[int, tuple[float, float]]()
    x, y = at[0] + offset, at[1] + offset
    for key, to in steps:
        if to is None:
            points.drop(key)
            held.pop(key, None)
        else:
            held[key] = to[0] + offset, to[1] + offset
            points.move(key, *held[key])
    assert len(points) == len(held)

    def away(key: int) -> tuple[float, int]:
        return math.sqrt((held[key][0] - x) ** 2 + (held[key][1] - y) ** 2), key

    every = [key for _, key in points.nearest(x, y, 99)]
    assert sorted(every) == sorted(held)
    found = points.nearest(x, y, n, lambda key: key not in unwanted)
    wanted = sorted(away(key) for key in held if key not in unwanted)
    assert len(found) == min(n, len(wanted))
    for (told, key), (expected, _) in zip(found, wanted, strict=False):
        assert math.isclose(told, expected, rel_tol=1e-12, abs_tol=1e-12)
        assert math.isclose(told, away(key)[0], rel_tol=1e-12, abs_tol=1e-12)
        assert key not in unwanted
    assert found == sorted(found)
    beyond = [away(key) for key in held if key not in unwanted | {k for _, k in found}]
    assert all(found[-1] <= (far * (1 + 1e-12) + 1e-12, key) for far, key in beyond if found)


def test_of_equals_the_lesser_key_comes_first() -> None:
    points = MovingPoints()
    for key in range(40, 0, -1):
        points.move(key, 1.0, 1.0)
    points.move(0, 9.0, 9.0)
    assert points.nearest(0.0, 0.0, 3) == [(math.sqrt(2), key) for key in (1, 2, 3)]
    assert [key for _, key in points.nearest(0.0, 0.0, 41)] == [*range(1, 41), 0]
    assert MovingPoints().nearest(0.0, 0.0, 3) == []
