"""What holds for every point and every coverage."""

import functools
from random import Random

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.kernel.snap import SnapIndex, SnapMethod
from tests.territory import Territory, adversarial_points, awkward_territory, make_territory

# The first example compiles; no example is timed.
settings.register_profile("kernel", deadline=None)
settings.load_profile("kernel")


@functools.cache
def district() -> tuple[Territory, SnapIndex, shapely.Geometry]:
    territory = make_territory(10, 9, drop=4, seed=21)
    index = SnapIndex.build(territory.polygons, territory.codes)
    return territory, index, shapely.union_all(territory.polygons)


LONGITUDES = st.floats(120.41, 120.69)
LATITUDES = st.floats(36.04, 36.21)
TERRITORIES = st.builds(
    make_territory,
    st.integers(2, 5),
    st.integers(2, 5),
    drop=st.integers(0, 1),
    wiggles=st.integers(0, 4),
    seed=st.integers(0, 10_000),
).filter(lambda territory: shapely.is_valid(territory.polygons).all())


@given(LONGITUDES, LATITUDES)
def test_a_point_well_inside_the_union_lies_in_exactly_one(lon: float, lat: float) -> None:
    _, index, union = district()
    point = shapely.Point(lon, lat)
    covering = index.covering(lon, lat)
    if index.border_distance_m(lon, lat) > 0.001:
        assert len(covering) == int(shapely.contains(union, point))
    found = index.locate(lon, lat)
    assert found == (min(covering) if covering else -1)


@given(LONGITUDES, LATITUDES, st.floats(0, 3000) | st.floats(0, 2e7))
def test_shares_never_exceed_the_circle(lon: float, lat: float, accuracy_m: float) -> None:
    _, index, _ = district()
    shares = index.shares(lon, lat, accuracy_m)
    values = [share for _, share in shares]
    assert all(0 < value <= 1 for value in values)
    assert sum(values) <= 1 + 1e-9
    assert values == sorted(values, reverse=True) or np.allclose(values, sorted(values)[::-1])
    assert len({grid for grid, _ in shares}) == len(shares)


@given(LONGITUDES, LATITUDES, st.floats(0.1, 500), st.floats(0, 500))
def test_an_answer_is_consistent(
    lon: float, lat: float, accuracy_m: float, tolerance_m: float
) -> None:
    _, index, _ = district()
    answer = index.answer(lon, lat, accuracy_m=accuracy_m, tolerance_m=tolerance_m)
    found = index.locate(lon, lat)
    if answer.method in (SnapMethod.INSIDE, SnapMethod.BORDER):
        assert answer.grid == found
    else:
        assert found == -1
        assert (answer.grid is not None) == (answer.border_distance_m <= tolerance_m)
    if answer.provisional:
        assert answer.candidates[0][1] < 0.6
    if answer.candidates:
        assert answer.border_distance_m < accuracy_m
    elif found >= 0:
        assert answer.border_distance_m >= accuracy_m


@settings(max_examples=25)
@given(TERRITORIES, st.integers(0, 10_000), st.sampled_from([8.0, 32.0, 200.0]))
def test_one_by_one_bulk_and_geos_agree_on_hard_points(
    territory: Territory, seed: int, cell_m: float
) -> None:
    index = SnapIndex.build(territory.polygons, territory.codes, cell_m=cell_m)
    lon, lat = adversarial_points(territory, 200, seed=seed)
    bulk = index.locate_many(lon, lat)
    single = [index.locate(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert bulk.tolist() == single
    polygons = {code: territory.polygons[k] for k, code in enumerate(territory.codes)}
    for k in np.flatnonzero(bulk >= 0):
        # Rounding may put a point beside an edge on the edge, never further.
        assert shapely.dwithin(polygons[index.codes[bulk[k]]], shapely.Point(lon[k], lat[k]), 1e-12)


@settings(max_examples=15)
@given(TERRITORIES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(territory: Territory, random: Random) -> None:
    lon, lat = adversarial_points(territory, 300)
    order = list(range(len(territory.codes)))
    random.shuffle(order)
    shuffled = SnapIndex.build(
        [territory.polygons[k] for k in order], [territory.codes[k] for k in order]
    )
    index = SnapIndex.build(territory.polygons, territory.codes)
    assert shuffled.codes == index.codes
    assert (shuffled.locate_many(lon, lat) == index.locate_many(lon, lat)).all()


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_many_rings_agree_one_by_one_and_in_bulk(seed: int) -> None:
    territory = awkward_territory()
    index = SnapIndex.build(territory.polygons, territory.codes)
    lon, lat = adversarial_points(territory, 200, seed=seed)
    single = [index.locate(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert index.locate_many(lon, lat).tolist() == single
