"""Over the ground of the demonstration: fifty reports give a displaced channel away, whoever sends,
and an honest one is never accused.
"""

from functools import cache

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis.kernel.datum import Datum, from_wgs84, to_wgs84
from gis.kernel.displacement import Looks, Sample, looks, metres_outside
from tests.demo import demo_district

SEEDS = 60
NOISE_DEG = 0.00025
MISREAD = 0.05
PAIRS = [(one, other) for one in Datum for other in Datum]
SAME = {Datum.WGS84, Datum.CGCS2000}


@cache
def people() -> NDArray[np.float64]:
    weights = np.asarray(demo_district().population.people, np.float64)
    return np.asarray(weights / weights.sum())


def channel(declared: Datum, sent_in: Datum, seed: int) -> Looks:
    """What fifty reports look like: where people live, named by their community, some wrongly."""
    district, rng = demo_district(), np.random.default_rng(seed)
    blocks = rng.choice(len(people()), 50, p=people())
    points = shapely.get_coordinates(shapely.point_on_surface(district.blocks[blocks]))
    points += rng.normal(0.0, NOISE_DEG, points.shape)
    lon, lat = from_wgs84(points[:, 0], points[:, 1], sent_in)
    named = district.community[blocks].copy()
    wrong = rng.random(50) < MISREAD
    named[wrong] = rng.integers(len(district.communities), size=int(wrong.sum()))
    samples = []
    for x, y, community in zip(lon.tolist(), lat.tolist(), named.tolist(), strict=True):
        ground = district.communities[community]
        places = {one: to_wgs84(x, y, one) for one in Datum}
        outside = {one: metres_outside(at[0], at[1], ground) for one, at in places.items()}
        samples.append(Sample(declared, outside, str(community)))
    found = looks(samples)
    assert found
    return found


def same(one: Datum, other: Datum) -> bool:
    return one is other or {one, other} == SAME


@pytest.mark.parametrize(("declared", "sent_in"), PAIRS)
def test_fifty_reports(declared: Datum, sent_in: Datum) -> None:
    found = [channel(declared, sent_in, seed) for seed in range(SEEDS)]
    if same(declared, sent_in):
        assert not any(one.is_displaced for one in found)
    else:
        assert all(one.is_displaced and same(one.like, sent_in) for one in found)
