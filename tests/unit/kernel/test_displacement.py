"""One position proves nothing; many that point the same way do; a misread address says nothing."""

import pytest
from shapely import box

from gis.kernel.datum import Datum
from gis.kernel.displacement import Evidence, Sample, best_datum, looks, metres_outside, shift_m

W, C, G, B = Datum.WGS84, Datum.CGCS2000, Datum.GCJ02, Datum.BD09


def sample(wgs: float, gcj: float, bd: float, ground: str = "a", declared: Datum = W) -> Sample:
    outside = {W: wgs, C: wgs, G: gcj, B: bd}
    return Sample(declared, outside, ground, (300.0, -200.0))


def evidence(*outside_m: float) -> dict[Datum, Evidence]:
    offsets = (10.0, 10.0, 30.0, 20.0)
    return {
        datum: Evidence(offset, metres, on_ground=True)
        for datum, offset, metres in zip((W, C, G, B), offsets, outside_m, strict=True)
    }


@pytest.mark.parametrize(
    ("declared", "outside_m", "best"),
    [
        (W, (0, 0, 0, 0), None),
        (W, (0, 0, 400, 900), W),
        (C, (0, 0, 400, 900), C),
        (W, (40, 40, 0, 900), W),  # the other side of the street
        (W, (400, 400, 0, 900), G),
        (W, (400, 400, 0, 0), B),  # both would do: the nearer to the spot
        (G, (0, 0, 400, 900), W),
        (W, (5400, 5400, 5000, 6000), None),  # misread
    ],
)
def test_what_explains_a_position_best(
    declared: Datum, outside_m: tuple[float, ...], best: Datum | None
) -> None:
    assert best_datum(declared, evidence(*outside_m)) is best


def test_many_that_agree_on_several_grounds_are_flagged() -> None:
    found = looks([sample(300, 0, 700, name) for name in "abcdefghij"])
    assert found
    assert (found.is_displaced, found.like, found.declared) == (True, G, W)
    assert (found.share, found.telling, found.checked) == (1.0, 10, 10)
    assert found.shift_m == (300.0, -200.0)


@pytest.mark.parametrize(
    "samples",
    [
        [sample(300, 0, 700, name) for name in "abcdefghi"],  # too few
        [sample(300, 0, 700, "one") for _ in range(60)],  # one name that is itself misplaced
        [sample(0, 0, 0, str(k)) for k in range(60)],  # nothing said
        [sample(3300, 3000, 3700, str(k)) for k in range(60)],  # misread
        [sample(0, 300, 700, str(k)) for k in range(60)],  # as declared
        [sample(300 * (k % 2), 300 * (1 - k % 2), 700, str(k)) for k in range(60)],  # at odds
    ],
)
def test_what_is_open_to_doubt_is_not(samples: list[Sample]) -> None:
    found = looks(samples)
    assert found
    assert not found.is_displaced


def test_the_same_numbers_are_never_held_against_each_other() -> None:
    found = looks([sample(300, 0, 700, name, declared=C) for name in "abcdefghijk"])
    assert found
    assert found.like is G
    assert looks([]) is None


def test_metres_outside_a_ground() -> None:
    ground = box(120.40, 36.06, 120.41, 36.07)
    assert metres_outside(120.405, 36.065, ground) == 0.0
    assert metres_outside(120.42, 36.065, ground) == pytest.approx(901, abs=2)
    assert shift_m(120.40, 36.07, 120.40, 36.06)[1] == pytest.approx(1110, abs=2)
